{%- set key = ['cell_number', 'stratification_number', 'group_number'] -%}
{%- set stratum_key = ['cell_number', 'stratum_number'] -%}
{%- set side_key = stratum_key + ['side_number'] -%}
with cell as (
    select cell_number, {{ result_columns() | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

stratum_name as (
    select stratum_number, stratification, stratum
    from {{ ref('int_measure_stratum') }}
),

counted_member as (
    select group_number, measure_id, basis, ethnicity_code
    from {{ ref('int_measure_member') }}
    where is_broad
),

-- Aggregates name no person.
member as (
    select
        cell.cell_number,
        stratum_name.stratum_number,
        counted_member.group_number as side_number,
        case when person.is_in_several_strata then person.subject_number end as subject_number,
        person.numerator,
        person.denominator,
        person.people_count as people
    from {{ ref('int_measure_stratum_people') }} as person
    inner join cell on {{ same_columns(result_columns(), 'cell', 'person') }}
    inner join stratum_name
        on stratum_name.stratification = person.stratification and stratum_name.stratum = person.stratum
    inner join counted_member
        on
            counted_member.measure_id = person.measure_id
            and counted_member.basis = person.basis
            and counted_member.ethnicity_code = person.ethnicity_code
    where person.people_count is not null
),

-- Strata with one of the two groups only carry nothing.
stratum as (
    select
        {{ stratum_key | join(', ') }},
        stratification_number,
        group_number,
        reference_group_number,
        numerator,
        denominator,
        reference_numerator,
        reference_denominator
    from {{ ref('int_measure_stratum_comparison') }}
    where is_mantel_haenszel and denominator > 0e0 and reference_denominator > 0e0
),

-- Both sides of a comparison; the side of the group is 1, that of the reference 0.
side as (
    select
        {{ stratum_key | join(', ') }},
        stratification_number,
        group_number,
        group_number as side_number,
        1 as is_group,
        {{ stat_mh_clustered_weight('denominator', 'reference_denominator') }} as weight
    from stratum
    union all
    select
        {{ stratum_key | join(', ') }},
        stratification_number,
        group_number,
        reference_group_number as side_number,
        0 as is_group,
        {{ stat_mh_clustered_weight('reference_denominator', 'denominator') }} as weight
    from stratum
),

-- A group is the reference of many comparisons: what its people do is told once, not once per comparison.
occupied as (
    select
        {{ stratum_key | join(', ') }},
        group_number as side_number,
        numerator,
        denominator
    from stratum
    union
    select
        {{ stratum_key | join(', ') }},
        reference_group_number as side_number,
        reference_numerator as numerator,
        reference_denominator as denominator
    from stratum
),

member_of_side as (
    select
        {{ aliased(side_key, 'occupied') }},
        member.subject_number,
        member.people,
        member.numerator,
        {{ stat_mh_clustered_residual(
            'member.numerator', 'member.denominator', 'occupied.numerator', 'occupied.denominator'
        ) }} as residual
    from member
    inner join occupied on {{ same_columns(side_key, 'occupied', 'member') }}
),

settled as (
    select
        {{ side_key | join(', ') }},
        {{ stable_sum('people * residual * residual', decimals=17) }} as residual_sq,
        sum(case when numerator > 0e0 then people else 0 end) as people
    from member_of_side
    where subject_number is null
    group by {{ side_key | join(', ') }}
),

-- The residuals of who stands in several strata add up before they are squared, and how depends on the comparison.
person_score as (
    select
        {{ aliased(key, 'side') }},
        side.is_group,
        {{ stable_sum('member_of_side.residual * side.weight', decimals=17) }} as score,
        max(member_of_side.numerator) as most_events
    from side
    inner join member_of_side on {{ same_columns(side_key, 'member_of_side', 'side') }}
    where member_of_side.subject_number is not null
    group by {{ aliased(key, 'side') }}, side.is_group, member_of_side.subject_number
),

scored as (
    select
        {{ aliased(key, 'side') }},
        side.is_group,
        settled.residual_sq * side.weight * side.weight as score_sq,
        settled.people
    from side
    inner join settled on {{ same_columns(side_key, 'settled', 'side') }}
    union all
    select
        {{ key | join(', ') }},
        is_group,
        score * score as score_sq,
        case when most_events > 0e0 then 1 else 0 end as people
    from person_score
)

select
    {{ key | join(', ') }},
    {{ stable_sum('case when is_group = 1 then score_sq end', decimals=17) }} as score_sq,
    cast(sum(case when is_group = 1 then people else 0 end) as bigint) as people,
    {{ stable_sum('case when is_group = 0 then score_sq end', decimals=17) }} as reference_score_sq,
    cast(sum(case when is_group = 0 then people else 0 end) as bigint) as reference_people
from scored
group by {{ key | join(', ') }}
