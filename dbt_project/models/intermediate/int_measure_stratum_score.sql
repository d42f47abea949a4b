{%- set key = ['cell_number', 'stratification', 'grouping', 'group_code'] -%}
{%- set stratum_key = ['cell_number', 'stratification', 'stratum', 'grouping', 'group_code'] -%}
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
        person.denominator,
        count(*) over (partition by cell.cell_number, person.stratification, person.subject_key) as strata
    from {{ ref('int_measure_stratum_person') }} as person
    inner join cell on {{ same_columns(result_columns(), 'cell', 'person') }}
    where person.ethnicity_rule = 'preferred' and person.subject_key is not null
),

-- Strata with one of the two groups only carry nothing.
stratum as (
    select
        {{ stratum_key | join(', ') }},
        reference_group_code,
        numerator,
        denominator,
        reference_numerator,
        reference_denominator
    from {{ ref('int_measure_stratum') }}
    where denominator > 0e0 and reference_denominator > 0e0
),

-- Both sides of a comparison; the side of the group is 1, that of the reference 0.
side as (
    select
        {{ stratum_key | join(', ') }},
        group_code as side_code,
        1 as is_group,
        {{ stat_mh_clustered_weight('denominator', 'reference_denominator') }} as weight
    from stratum
    union all
    select
        {{ stratum_key | join(', ') }},
        reference_group_code as side_code,
        0 as is_group,
        {{ stat_mh_clustered_weight('reference_denominator', 'denominator') }} as weight
    from stratum
),

-- A group is the reference of many comparisons: what its people do is told once, not once per comparison.
occupied as (
    select {{ stratum_key | join(', ') }}, numerator, denominator
    from stratum
    union
    select
        cell_number,
        stratification,
        stratum,
        grouping,
        reference_group_code as group_code,
        reference_numerator as numerator,
        reference_denominator as denominator
    from stratum
),

member as (
    select
        {{ aliased(stratum_key, 'occupied') }},
        person.subject_key,
        person.strata,
        person.numerator,
        {{ stat_mh_clustered_residual(
            'person.numerator', 'person.denominator', 'occupied.numerator', 'occupied.denominator'
        ) }} as residual
    from person
    inner join ethnic_group
        on ethnic_group.basis = person.basis and ethnic_group.ethnicity_code = person.ethnicity_code
    inner join occupied
        on
            occupied.cell_number = person.cell_number
            and occupied.stratification = person.stratification
            and occupied.stratum = person.stratum
            and occupied.grouping = ethnic_group.grouping
            and occupied.group_code = ethnic_group.group_code
),

settled as (
    select
        {{ stratum_key | join(', ') }},
        {{ stable_sum('residual * residual', decimals=17) }} as residual_sq,
        sum(case when numerator > 0e0 then 1 else 0 end) as people
    from member
    where strata = 1
    group by {{ stratum_key | join(', ') }}
),

-- The residuals of who stands in several strata add up before they are squared, and how depends on the comparison.
moving as (
    select
        {{ aliased(key, 'side') }},
        side.is_group,
        {{ stable_sum('member.residual * side.weight', decimals=17) }} as score,
        max(member.numerator) as most_events
    from side
    inner join member
        on
            member.cell_number = side.cell_number
            and member.stratification = side.stratification
            and member.stratum = side.stratum
            and member.grouping = side.grouping
            and member.group_code = side.side_code
    where member.strata > 1
    group by {{ aliased(key, 'side') }}, side.is_group, member.subject_key
),

scored as (
    select
        {{ aliased(key, 'side') }},
        side.is_group,
        settled.residual_sq * side.weight * side.weight as score_sq,
        settled.people
    from side
    inner join settled
        on
            settled.cell_number = side.cell_number
            and settled.stratification = side.stratification
            and settled.stratum = side.stratum
            and settled.grouping = side.grouping
            and settled.group_code = side.side_code
    union all
    select
        {{ key | join(', ') }},
        is_group,
        score * score as score_sq,
        case when most_events > 0e0 then 1 else 0 end as people
    from moving
)

select
    {{ key | join(', ') }},
    {{ stable_sum('case when is_group = 1 then score_sq end', decimals=17) }} as score_sq,
    cast(sum(case when is_group = 1 then people else 0 end) as bigint) as people,
    {{ stable_sum('case when is_group = 0 then score_sq end', decimals=17) }} as reference_score_sq,
    cast(sum(case when is_group = 0 then people else 0 end) as bigint) as reference_people
from scored
group by {{ key | join(', ') }}
