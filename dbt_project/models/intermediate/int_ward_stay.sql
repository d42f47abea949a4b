with stay as (
    {{ latest_version(
        ref('stg_mhsds__mhs502_ward_stay'),
        ['ward_stay_key'],
        ['hospital_spell_key', 'ward_code', 'start_date', 'start_time', 'end_date', 'end_time'],
        submission=ref('int_mhsds_submission')
    ) }}
),

spell as (
    select hospital_spell_key, local_patient_key, person_key, discharge_date, discharge_time
    from {{ ref('int_hospital_spell') }}
)

-- A stay that was left open ends with its spell; a spell still open is known to last to the end of the last month
-- that reported the stay, and no longer.
select
    stay.ward_stay_key,
    stay.hospital_spell_key,
    spell.local_patient_key,
    spell.person_key,
    stay.source_organisation_code,
    stay.organisation_code,
    stay.ward_code,
    {{ squeeze('stay.ward_code') }} as ward_name,
    stay.start_date,
    stay.start_time,
    coalesce(stay.end_date, spell.discharge_date) as end_date,
    case when stay.end_date is not null then stay.end_time else spell.discharge_time end as end_time,
    coalesce(stay.end_date, spell.discharge_date, {{ add_months('stay.last_month', 1) }}) as known_until,
    stay.first_month,
    stay.last_month,
    stay.version_count
from stay
left join spell on spell.hospital_spell_key = stay.hospital_spell_key
