-- The uses of section 2 in the national measures of its length: category A, B, C or L. A transfer in on section, a
-- second section 2 on the heels of the first and whatever is inconsistent are left out.
select
    legal_status_period_key,
    organisation_code,
    person_key as subject_key,
    {{ month_start('end_date') }} as month,
    unit_code,
    cast({{ days_between('start_date', 'end_date') }} as double) as value
from {{ ref('fct_mha_episode') }}
where
    legal_status_code = '02'
    and detention_category in ('A', 'B', 'C', 'L')
    and end_date is not null
    and end_date >= start_date
