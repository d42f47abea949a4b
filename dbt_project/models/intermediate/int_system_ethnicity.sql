with tally as (
    select
        organisation_code,
        subject,
        subject_key,
        system,
        code_2001,
        case when method = 'self' then 0 else 1 end as method_order,
        max(recorded_date) as last_date
    from {{ ref('int_ethnicity_record') }}
    where recording_status = 'valid' and subject in ('patient', 'staff') and subject_key is not null
    group by
        organisation_code, subject, subject_key, system, code_2001, case when method = 'self' then 0 else 1 end
),

ranked as (
    select
        organisation_code,
        subject,
        subject_key,
        system,
        code_2001,
        row_number() over (
            partition by organisation_code, subject, subject_key, system
            order by last_date desc nulls last, method_order asc, code_2001 asc nulls last
        ) as recency
    from tally
)

select
    organisation_code,
    subject,
    subject_key,
    system,
    code_2001
from ranked
where recency = 1
