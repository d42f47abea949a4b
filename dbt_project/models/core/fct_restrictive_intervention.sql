with intervention as (
    {{ latest_version(
        ref('stg_mhsds__mhs515_restrictive_type'),
        ['restrictive_type_key'],
        ['restrictive_incident_key', 'intervention_type_code', 'start_date', 'start_time', 'end_date', 'end_time'],
        submission=ref('int_mhsds_submission')
    ) }}
),

incident as (
    {{ latest_version(
        ref('stg_mhsds__mhs505_restrictive_incident'),
        ['restrictive_incident_key'],
        ['hospital_spell_key', 'reason_code'],
        submission=ref('int_mhsds_submission')
    ) }}
),

spell as (
    select hospital_spell_key, person_key
    from {{ ref('int_hospital_spell') }}
),

restrictive_type as (
    select intervention_type_code, intervention_family
    from {{ ref('ref_restrictive_type') }}
),

timed as (
    select
        intervention.restrictive_type_key,
        intervention.restrictive_incident_key,
        intervention.organisation_code,
        intervention.source_organisation_code,
        intervention.intervention_type_code,
        intervention.start_date,
        intervention.version_count,
        {{ moment('intervention.start_date', 'intervention.start_time', '00:00') }} as begins_at,
        {{ moment(
            'coalesce(intervention.end_date, intervention.start_date)',
            'coalesce(intervention.end_time, case when intervention.end_date is null then intervention.start_time end)',
            '23:59'
        ) }} as ends_at,
        incident.hospital_spell_key,
        incident.reason_code,
        spell.person_key
    from intervention
    left join incident on incident.restrictive_incident_key = intervention.restrictive_incident_key
    left join spell on spell.hospital_spell_key = incident.hospital_spell_key
),

stay as (
    select
        ward_stay_key,
        hospital_spell_key,
        ward_name,
        {{ moment('start_date', 'start_time', '00:00') }} as begins_at,
        {{ moment('known_until', 'end_time', '23:59') }} as ends_at
    from {{ ref('int_ward_stay') }}
),

-- The ward stay of the spell that overlaps in time; where a move leaves two, the later one already begun.
ward_of_intervention as (
    select
        timed.restrictive_type_key,
        stay.ward_stay_key,
        stay.ward_name,
        row_number() over (
            partition by timed.restrictive_type_key
            order by
                case when stay.begins_at <= timed.begins_at then 0 else 1 end asc,
                case when stay.begins_at <= timed.begins_at then stay.begins_at end desc nulls last,
                stay.begins_at asc,
                stay.ward_stay_key asc
        ) as nearness
    from timed
    inner join stay
        on
            stay.hospital_spell_key = timed.hospital_spell_key
            and stay.begins_at <= timed.ends_at
            and stay.ends_at >= timed.begins_at
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'mhsds'
)

select
    timed.restrictive_type_key,
    timed.restrictive_incident_key,
    timed.person_key,
    timed.hospital_spell_key,
    ward.ward_stay_key,
    timed.organisation_code,
    timed.source_organisation_code,
    coalesce(unit_name.unit_code, 'UNKNOWN') as unit_code,
    timed.start_date,
    {{ month_start('timed.start_date') }} as start_month,
    timed.intervention_type_code,
    coalesce(restrictive_type.intervention_family, 'unknown') as intervention_family,
    timed.reason_code,
    timed.version_count
from timed
left join ward_of_intervention as ward
    on ward.restrictive_type_key = timed.restrictive_type_key and ward.nearness = 1
left join unit_name
    on
        unit_name.organisation_code = timed.organisation_code
        and unit_name.system_name = ward.ward_name
        and timed.start_date between unit_name.valid_from and unit_name.valid_to
left join restrictive_type on restrictive_type.intervention_type_code = timed.intervention_type_code
