with period as (
    select
        legal_status_period_key,
        local_patient_key,
        person_key,
        source_organisation_code,
        organisation_code,
        start_date,
        end_date,
        {{ month_start('start_date') }} as start_month,
        legal_status_code,
        legal_status_group,
        first_month,
        last_month,
        version_count
    from {{ ref('int_mha_period') }}
),

category as (
    select legal_status_period_key, hospital_spell_key, detention_category
    from {{ ref('int_mha_category') }}
),

new_detention as (
    select detention_category
    from {{ ref('ref_detention_category') }}
    where is_new_detention
),

-- The patient as recorded in the month the episode began, else in the nearest month after, else before it.
patient as (
    select
        period.legal_status_period_key,
        record.residence_area_code,
        record.birth_month,
        record.sex_code,
        row_number() over (
            partition by period.legal_status_period_key
            order by
                case when record.month >= period.start_month then 0 else 1 end asc,
                case when record.month >= period.start_month then record.month end asc nulls last,
                record.month desc
        ) as nearness
    from period
    inner join {{ ref('int_mhsds_patient') }} as record on record.local_patient_key = period.local_patient_key
),

-- The ward the person lay on at the start, or within the spell it led to.
ward as (
    select
        period.legal_status_period_key,
        stay.unit_code,
        row_number() over (
            partition by period.legal_status_period_key
            order by
                case when stay.start_date <= period.start_date then 0 else 1 end asc,
                case when stay.start_date <= period.start_date then stay.start_date end desc nulls last,
                stay.start_date asc,
                stay.ward_stay_key asc
        ) as nearness
    from period
    inner join category on category.legal_status_period_key = period.legal_status_period_key
    inner join {{ ref('fct_ward_stay') }} as stay
        on
            stay.hospital_spell_key = category.hospital_spell_key
            and stay.known_until >= period.start_date
)

select
    period.legal_status_period_key,
    period.person_key,
    period.organisation_code,
    period.source_organisation_code,
    coalesce(ward.unit_code, 'UNKNOWN') as unit_code,
    category.hospital_spell_key,
    period.start_date,
    period.end_date,
    period.start_month,
    period.legal_status_code,
    period.legal_status_group,
    category.detention_category,
    new_detention.detention_category is not null as is_new_detention,
    patient.residence_area_code,
    coalesce(patient.sex_code, 'unknown') as sex_code,
    coalesce({{ age_band_at('patient.birth_month', 'period.start_date') }}, 'unknown') as age_band,
    substr(cast(period.first_month as string), 1, 7) as first_period,
    substr(cast(period.last_month as string), 1, 7) as last_period,
    period.version_count
from period
inner join category on category.legal_status_period_key = period.legal_status_period_key
left join new_detention on new_detention.detention_category = category.detention_category
left join patient on patient.legal_status_period_key = period.legal_status_period_key and patient.nearness = 1
left join ward on ward.legal_status_period_key = period.legal_status_period_key and ward.nearness = 1
