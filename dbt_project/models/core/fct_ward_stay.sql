with stay as (
    select
        ward_stay_key,
        hospital_spell_key,
        person_key,
        organisation_code,
        source_organisation_code,
        ward_code,
        ward_name,
        start_date,
        start_time,
        end_date,
        end_time,
        known_until,
        version_count
    from {{ ref('int_ward_stay') }}
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'mhsds'
)

select
    stay.ward_stay_key,
    stay.hospital_spell_key,
    stay.person_key,
    stay.organisation_code,
    stay.source_organisation_code,
    coalesce(unit_name.unit_code, 'UNKNOWN') as unit_code,
    stay.ward_code,
    stay.start_date,
    stay.start_time,
    stay.end_date,
    stay.end_time,
    stay.known_until,
    stay.version_count
from stay
left join unit_name
    on
        unit_name.organisation_code = stay.organisation_code
        and unit_name.system_name = stay.ward_name
        and stay.start_date between unit_name.valid_from and unit_name.valid_to
