select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    service_request_key,
    local_patient_key,
    referral_date,
    source_of_referral_code,
    team_code,
    discharge_date
from {{ source('lake', 'mhs101_referral') }}
