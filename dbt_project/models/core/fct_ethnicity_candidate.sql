select
    subject,
    subject_key,
    source,
    system,
    method,
    code_2001,
    record_count,
    last_recorded_date,
    is_preferred,
    reason_code
from {{ ref('int_ethnicity_candidate') }}
where subject = 'patient'
