select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
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
    reading_id,
    false as is_refused
from {{ source('lake', 'receipt') }}

union all

select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
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
    reading_id,
    true as is_refused
from {{ source('lake', 'refused_receipt') }}
