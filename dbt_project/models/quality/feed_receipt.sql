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
from {{ ref('stg_lake__receipt') }} as receipt
left join {{ ref('int_organisation_successor') }} as successor
    on successor.source_organisation_code = receipt.source_organisation_code
