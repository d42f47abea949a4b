select
    staff_key,
    month as snapshot_month,
    snapshot_date,
    organisation_code,
    source_organisation_code,
    unit_code,
    staff_group,
    band_code,
    is_clinical,
    workforce_scope,
    workforce_scope = 'substantive' as is_in_wres_scope,
    fte,
    sex_code,
    age_band,
    nationality,
    disability,
    recording_status,
    assignment_count
from {{ ref('int_staff_assignment') }}
where is_counted
