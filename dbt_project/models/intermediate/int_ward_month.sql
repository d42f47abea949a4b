with month_of_record as (
    select period_start as month, period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

stay as (
    select
        ward_stay_key,
        coalesce(
            person_key, {{ lettered_key('S', 'hospital_spell_key') }}, {{ lettered_key('W', 'ward_stay_key') }}
        ) as subject_key,
        organisation_code,
        unit_code,
        start_date,
        coalesce(end_date, {{ add_days('known_until', -1) }}) as last_date
    from {{ ref('fct_ward_stay') }}
),

bed_day as (
    select ward_stay_key, month, unit_code, bed_day_count
    from {{ ref('fct_bed_day') }}
),

stay_with_days as (
    select distinct ward_stay_key
    from bed_day
),

-- A stay stands in every month from its first to its last day: also in one that gives no bed day, because the person
-- left on its first day, or came and left on one day.
stay_in_month as (
    select
        stay.ward_stay_key,
        stay.subject_key,
        stay.organisation_code,
        month_of_record.month,
        coalesce(bed_day.unit_code, stay.unit_code) as unit_code,
        coalesce(bed_day.bed_day_count, 0) as bed_day_count
    from stay
    inner join month_of_record
        on stay.start_date <= month_of_record.month_end and stay.last_date >= month_of_record.month
    left join bed_day on bed_day.ward_stay_key = stay.ward_stay_key and bed_day.month = month_of_record.month
),

-- The unit is that of the stay in the month, so that a person's events and days stand together.
intervention as (
    select
        fct.restrictive_type_key,
        fct.restrictive_incident_key,
        fct.ward_stay_key,
        coalesce(
            fct.person_key,
            {{ lettered_key('S', 'fct.hospital_spell_key') }},
            {{ lettered_key('I', 'fct.restrictive_incident_key') }}
        ) as subject_key,
        fct.organisation_code,
        fct.start_month as month,
        fct.start_date,
        coalesce(stay_in_month.unit_code, fct.unit_code) as unit_code
    from {{ ref('fct_restrictive_intervention') }} as fct
    inner join month_of_record on month_of_record.month = fct.start_month
    left join stay_in_month
        on stay_in_month.ward_stay_key = fct.ward_stay_key and stay_in_month.month = fct.start_month
),

-- Where a stay gives no bed days its incidents give no events either. An incident of several interventions counts
-- once, with the first of them.
incident as (
    select
        intervention.organisation_code,
        intervention.subject_key,
        intervention.month,
        intervention.unit_code,
        row_number() over (
            partition by intervention.restrictive_incident_key
            order by intervention.start_date asc nulls last, intervention.restrictive_type_key asc nulls last
        ) as intervention_order
    from intervention
    inner join stay_with_days on stay_with_days.ward_stay_key = intervention.ward_stay_key
    where intervention.restrictive_incident_key is not null
),

part as (
    select
        organisation_code, subject_key, month, unit_code,
        bed_day_count, 0 as incident_count, 0 as intervention_count
    from stay_in_month
    union all
    select
        organisation_code, subject_key, month, unit_code,
        0 as bed_day_count, 0 as incident_count, 1 as intervention_count
    from intervention
    union all
    select
        organisation_code, subject_key, month, unit_code,
        0 as bed_day_count, 1 as incident_count, 0 as intervention_count
    from incident
    where intervention_order = 1
),

person_on_ward as (
    select
        organisation_code,
        subject_key,
        month,
        unit_code,
        cast(sum(bed_day_count) as bigint) as bed_day_count,
        cast(sum(incident_count) as bigint) as incident_count,
        sum(intervention_count) > 0 as is_restrained
    from part
    group by organisation_code, subject_key, month, unit_code
),

aged as (
    select
        person_on_ward.organisation_code,
        person_on_ward.subject_key,
        person_on_ward.month,
        person_on_ward.unit_code,
        person_on_ward.bed_day_count,
        person_on_ward.incident_count,
        person_on_ward.is_restrained,
        coalesce(person.sex_code, 'unknown') as sex_code,
        {{ age_band_at('person.birth_month', 'person_on_ward.month') }} as age_band
    from person_on_ward
    left join {{ ref('dim_person') }} as person on person.person_key = person_on_ward.subject_key
)

select
    aged.organisation_code,
    aged.subject_key,
    aged.month,
    aged.unit_code,
    aged.sex_code,
    coalesce(band.inpatient_band, 'unknown') as age_band,
    aged.bed_day_count,
    aged.incident_count,
    aged.is_restrained
from aged
left join {{ ref('ref_age_band') }} as band on band.age_band = aged.age_band
