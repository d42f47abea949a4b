select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    local_patient_key,
    person_key,
    system_name,
    recorded_date,
    ethnic_category,
    code_set,
    method_code,
    team_name
from {{ source('lake', 'patient_ethnicity') }}
