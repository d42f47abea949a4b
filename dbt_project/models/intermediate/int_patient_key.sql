with submission as (
    select source_organisation_code, month, reporting_month
    from {{ ref('int_mhsds_submission') }}
),

sent as (
    select
        patient.local_patient_key,
        patient.person_key,
        submission.reporting_month as month,
        1 as feed_order
    from {{ ref('stg_mhsds__mhs001_mpi') }} as patient
    inner join submission
        on
            submission.source_organisation_code = patient.source_organisation_code
            and submission.month = patient.month
    union all
    select local_patient_key, person_key, month, 2 as feed_order
    from {{ ref('stg_patient_ethnicity__patient_ethnicity') }}
    union all
    select local_patient_key, person_key, month, 3 as feed_order
    from {{ ref('stg_contacts__contact') }}
),

number as (
    select local_patient_key, person_key, feed_order, max(month) as last_month
    from sent
    group by local_patient_key, person_key, feed_order
),

-- The NHS number may be traced late or lost again: the last one known, in whichever feed, holds for the patient.
ranked as (
    select
        local_patient_key,
        person_key,
        row_number() over (
            partition by local_patient_key
            order by
                case when person_key is null then 1 else 0 end asc,
                last_month desc nulls last,
                feed_order asc,
                person_key asc nulls last
        ) as trace_rank
    from number
)

select
    local_patient_key,
    coalesce(person_key, concat('L', local_patient_key)) as person_key
from ranked
where trace_rank = 1
