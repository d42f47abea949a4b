with subject as (
    select
        person_key as subject_key,
        'patient' as subject,
        ethnicity_code_2001,
        ethnicity_code_2021
    from {{ ref('dim_person') }}
    union all
    select
        staff_key as subject_key,
        'staff' as subject,
        ethnicity_code_2001,
        ethnicity_code_2021
    from {{ ref('dim_staff') }}
),

alternative as (
    select subject, subject_key, ethnicity_rule, ethnicity_code_2001, ethnicity_code_2021
    from {{ ref('int_alternative_ethnicity') }}
),

alternative_rule as (
    select value as ethnicity_rule
    from {{ ref('ref_enum') }}
    where column_name = 'ethnicity_rule' and value <> 'preferred'
),

-- Everybody has one ethnicity by every rule, if only that nothing is recorded.
by_rule as (
    select
        subject_key,
        'preferred' as ethnicity_rule,
        ethnicity_code_2001,
        ethnicity_code_2021
    from subject
    union all
    select
        subject.subject_key,
        alternative_rule.ethnicity_rule,
        coalesce(alternative.ethnicity_code_2001, 'missing') as ethnicity_code_2001,
        coalesce(alternative.ethnicity_code_2021, 'missing') as ethnicity_code_2021
    from subject
    cross join alternative_rule
    left join alternative
        on
            alternative.subject = subject.subject
            and alternative.subject_key = subject.subject_key
            and alternative.ethnicity_rule = alternative_rule.ethnicity_rule
)

select
    subject_key,
    ethnicity_rule,
    '2001' as basis,
    ethnicity_code_2001 as ethnicity_code
from by_rule
union all
select
    subject_key,
    ethnicity_rule,
    '2021' as basis,
    ethnicity_code_2021 as ethnicity_code
from by_rule
