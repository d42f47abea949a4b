select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    local_patient_key,
    person_key,
    team_name,
    service_line,
    first_contact_date,
    contact_count
from {{ source('lake', 'contact') }}
