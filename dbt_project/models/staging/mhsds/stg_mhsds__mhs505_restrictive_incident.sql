select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    restrictive_incident_key,
    hospital_spell_key,
    start_date,
    start_time,
    end_date,
    end_time,
    reason_code,
    patient_review_code
from {{ source('lake', 'mhs505_restrictive_incident') }}
