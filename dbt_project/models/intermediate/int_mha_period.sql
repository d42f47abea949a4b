with period as (
    {{ latest_version(
        ref('stg_mhsds__mhs401_mha_period'),
        ['legal_status_period_key'],
        ['local_patient_key', 'start_date', 'start_time', 'end_date', 'end_time', 'legal_status_code'],
        submission=ref('int_mhsds_submission')
    ) }}
),

patient as (
    select local_patient_key, person_key
    from {{ ref('int_patient_key') }}
),

legal_status as (
    select legal_status_code, legal_status_group, detention_role
    from {{ ref('ref_legal_status') }}
),

-- The same period sent again under another identifier is one period.
known as (
    select
        period.legal_status_period_key,
        period.local_patient_key,
        coalesce(patient.person_key, concat('L', period.local_patient_key)) as person_key,
        period.source_organisation_code,
        period.organisation_code,
        period.start_date,
        period.start_time,
        period.end_date,
        period.end_time,
        period.legal_status_code,
        coalesce(legal_status.legal_status_group, 'invalid') as legal_status_group,
        coalesce(legal_status.detention_role, 'none') as detention_role,
        period.first_month,
        period.last_month,
        period.version_count,
        row_number() over (
            partition by
                coalesce(patient.person_key, concat('L', period.local_patient_key)),
                period.source_organisation_code,
                period.start_date,
                period.legal_status_code
            order by
                period.last_month desc nulls last,
                period.start_time asc nulls last,
                period.legal_status_period_key asc nulls last
        ) as repeat_rank
    from period
    left join patient on patient.local_patient_key = period.local_patient_key
    left join legal_status on legal_status.legal_status_code = period.legal_status_code
)

select
    legal_status_period_key,
    local_patient_key,
    person_key,
    source_organisation_code,
    organisation_code,
    start_date,
    start_time,
    end_date,
    end_time,
    legal_status_code,
    legal_status_group,
    detention_role,
    first_month,
    last_month,
    version_count,
    repeat_rank > 1 as is_repeat
from known
