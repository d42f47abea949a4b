select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    legal_status_period_key,
    local_patient_key,
    start_date,
    start_time,
    start_reason_code,
    expiry_date,
    end_date,
    end_time,
    end_reason_code,
    legal_status_code,
    mental_category_code
from {{ source('lake', 'mhs401_mha_period') }}
