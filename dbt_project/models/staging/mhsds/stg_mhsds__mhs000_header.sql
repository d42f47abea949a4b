select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    data_set_version,
    provider_code,
    period_start_date,
    period_end_date,
    submitted_at
from {{ source('lake', 'mhs000_header') }}
