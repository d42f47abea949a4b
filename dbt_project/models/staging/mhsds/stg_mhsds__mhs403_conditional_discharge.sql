select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    legal_status_period_key,
    start_date,
    end_date,
    end_reason_code
from {{ source('lake', 'mhs403_conditional_discharge') }}
