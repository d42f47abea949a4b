with unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

{{ known_unit_cte('unit') }}

-- What the patient record holds does not hang on the team, so that a patient has one row at each unit.
select distinct
    contact.organisation_code,
    unit.unit_level,
    unit.ancestor_code as unit_code,
    contact.month,
    contact.local_patient_key,
    contact.person_key,
    contact.code_2001,
    contact.recording_status,
    contact.recorded_date,
    contact.has_lost_detail,
    contact.last_usable_date
from {{ ref('int_contact_ethnicity') }} as contact
left join known_unit on {{ is_known_unit('contact') }}
inner join unit
    on
        unit.organisation_code = contact.organisation_code
        and unit.unit_code = {{ unit_or_unknown() }}
        and unit.month = contact.month
