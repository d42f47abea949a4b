with receipt as (
    select
        receipt_id,
        feed,
        table_name,
        period,
        source_organisation_code,
        file_name,
        file_sha256,
        file_bytes,
        encoding,
        rows_read,
        rows_kept,
        rows_quarantined,
        rows_duplicate,
        status,
        message,
        is_refused
    from {{ ref('stg_lake__receipt') }}
),

successor as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
)

select
    receipt.receipt_id,
    receipt.feed,
    receipt.table_name,
    receipt.period,
    receipt.source_organisation_code,
    coalesce(successor.organisation_code, receipt.source_organisation_code) as organisation_code,
    receipt.file_name,
    receipt.file_sha256,
    receipt.file_bytes,
    receipt.encoding,
    receipt.rows_read,
    receipt.rows_kept,
    receipt.rows_quarantined,
    receipt.rows_duplicate,
    receipt.status,
    receipt.message,
    receipt.is_refused
from receipt
left join successor on successor.source_organisation_code = receipt.source_organisation_code
