{%- set key = ['cell_number', 'stratification', 'grouping', 'group_code'] -%}
with cell as (
    select cell_number, {{ result_columns() | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

ethnic_group as (
    select basis, grouping, ethnicity_code, group_code
    from {{ ref('int_measure_group') }}
    where not is_unknown
),

person as (
    select
        cell.cell_number,
        cell.basis,
        person.stratification,
        person.stratum,
        person.ethnicity_code,
        person.subject_key,
        person.numerator,
        person.denominator
    from {{ ref('int_measure_stratum_person') }} as person
    inner join cell on {{ same_columns(result_columns(), 'cell', 'person') }}
    where person.ethnicity_rule = 'preferred' and person.subject_key is not null
),

-- Strata with one of the two groups only carry nothing.
stratum as (
    select
        {{ key | join(', ') }},
        stratum,
        reference_group_code,
        numerator,
        denominator,
        reference_numerator,
        reference_denominator
    from {{ ref('int_measure_stratum') }}
    where denominator > 0e0 and reference_denominator > 0e0
),

member as (
    select
        person.cell_number,
        person.stratification,
        person.stratum,
        ethnic_group.grouping,
        ethnic_group.group_code,
        person.subject_key,
        person.numerator,
        person.denominator
    from person
    inner join ethnic_group
        on ethnic_group.basis = person.basis and ethnic_group.ethnicity_code = person.ethnicity_code
),

-- Both sides of a comparison; the side of the group is 1, that of the reference 0.
side as (
    select
        {{ key | join(', ') }},
        stratum,
        group_code as side_code,
        1 as is_group,
        numerator as events,
        denominator as own,
        reference_denominator as other
    from stratum
    union all
    select
        {{ key | join(', ') }},
        stratum,
        reference_group_code as side_code,
        0 as is_group,
        reference_numerator as events,
        reference_denominator as own,
        denominator as other
    from stratum
),

person_score as (
    select
        {{ aliased(key, 'side') }},
        side.is_group,
        member.subject_key,
        {{ stable_sum(stat_mh_clustered_score(
            'member.numerator', 'member.denominator', 'side.events', 'side.own', 'side.other'
        )) }} as score,
        max(member.numerator) as most_events
    from side
    inner join member
        on
            member.cell_number = side.cell_number
            and member.stratification = side.stratification
            and member.stratum = side.stratum
            and member.grouping = side.grouping
            and member.group_code = side.side_code
    group by {{ aliased(key, 'side') }}, side.is_group, member.subject_key
)

select
    {{ key | join(', ') }},
    {{ stable_sum('case when is_group = 1 then score * score end') }} as score_sq,
    cast(sum(case when is_group = 1 and most_events > 0e0 then 1 else 0 end) as bigint) as people,
    {{ stable_sum('case when is_group = 0 then score * score end') }} as reference_score_sq,
    cast(sum(case when is_group = 0 and most_events > 0e0 then 1 else 0 end) as bigint) as reference_people
from person_score
group by {{ key | join(', ') }}
