select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    incident_key,
    contact_number,
    contact_role,
    contact_type,
    person_key,
    staff_key,
    has_forenames,
    has_surname,
    birth_month,
    sex_code,
    ethnic_origin
from {{ source('lake', 'incident_contact') }}
