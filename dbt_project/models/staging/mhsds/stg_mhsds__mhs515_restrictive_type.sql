select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    restrictive_incident_key,
    restrictive_type_key,
    intervention_type_code,
    start_date,
    start_time,
    end_date,
    end_time,
    patient_injury_code
from {{ source('lake', 'mhs515_restrictive_type') }}
