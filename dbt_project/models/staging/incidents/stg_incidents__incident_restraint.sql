select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    incident_key,
    episode_number,
    commenced_time,
    concluded_time,
    position,
    reason,
    seclusion,
    patient_debrief,
    staff_debrief
from {{ source('lake', 'incident_restraint') }}
