with candidate as (
    select subject, subject_key, source, method, code_2001, reason_code, is_preferred
    from {{ ref('int_ethnicity_candidate') }}
),

chosen as (
    select
        subject,
        subject_key,
        coalesce(ethnicity_source, 'none') as chosen_source,
        coalesce(ethnicity_method, 'none') as chosen_method,
        ethnicity_code_2001 as chosen_code
    from {{ ref('int_preferred_ethnicity') }}
)

select
    candidate.subject,
    chosen.chosen_source,
    chosen.chosen_method,
    chosen.chosen_code,
    candidate.source as losing_source,
    candidate.method as losing_method,
    candidate.code_2001 as losing_code,
    candidate.reason_code,
    count(distinct candidate.subject_key) as person_count
from candidate
inner join chosen on chosen.subject = candidate.subject and chosen.subject_key = candidate.subject_key
where not candidate.is_preferred
group by
    candidate.subject,
    chosen.chosen_source,
    chosen.chosen_method,
    chosen.chosen_code,
    candidate.source,
    candidate.method,
    candidate.code_2001,
    candidate.reason_code
