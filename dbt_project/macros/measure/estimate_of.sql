{#
The rest of a model `int_estimate_<measure_id>` whose figure is the mean or the median of single observations: reads the
CTE `observation` (organisation_code, subject_key, month, unit_code, value) and gives one row per period, unit and
declared group that has any observation, unknown statuses included. Ethnicity rules beside the preferred one are built
for the headline alone: at the trust, over its kind of period.

Belongs here: which observations meet in a figure, the figure and its limits. Does not belong here: what is observed,
what the unknown could do to it (estimate_unknown.sql), and the comparison of groups, which the engine does.

mean     Formula: sum(x) / n; limits mean -/+ z s, s^2 = p / (p - 1) sum over people of (their sum - mean their n)^2
         / n^2, p people: the residuals of one person are taken together. With one observation each that is the
         variance of a mean.
         Source: the normal law of a mean; Liang and Zeger, Biometrika 1986. Limits are NULL below 2 people.
median   Formula: the middle value, half way between the middle two when n is even; limits are the values at the
         ranks r = n/2 - z sqrt(n d) / 2, to the nearest whole number, and n + 1 - r. d is the design effect of being
         above the median: p / (p - 1) sum over people of D^2 / sum of d^2, d = 1/2 above, -1/2 below, 0 at the median,
         D their sum over a person's observations; at least 1, and 1 where each person has one observation.
         Source: Campbell and Gardner, BMJ 1988; Woodruff, JASA 1952, for the ranks under a design. Limits are NULL
         below 6 observations (even the smallest and the largest of five hold the median with 94% only) or below 2
         people, and where the ranks fall outside.
#}
{% macro estimate_of(measure_id, statistic) -%}
    {%- set cell = [
        'ethnicity_rule', 'basis', 'period_type', 'period_start', 'organisation_code', 'unit_level', 'unit_code',
        'grouping', 'group_code',
    ] -%}
    {%- set family = cell[:-1] -%}
measure as (
    select bases, groupings
    from {{ ref('measure_catalogue') }}
    where measure_id = '{{ measure_id }}'
),

measure_period as (
    select period_type, period_start, month, lowest_level_order, is_below_division
    from {{ ref('int_measure_period') }}
    where measure_id = '{{ measure_id }}'
),

measure_unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code, level_order
    from {{ ref('int_measure_unit') }}
),

{{ known_unit_cte('measure_unit') }},

variant as (
    select ethnicity_rule, basis, headline_period_type
    from {{ ref('int_measure_variant') }}
    where measure_id = '{{ measure_id }}' and denominator_rule = 'own'
),

ethnicity as (
    select subject_key, ethnicity_rule, basis, ethnicity_code
    from {{ ref('int_person_ethnicity') }}
),

member as (
    select ethnic_group.basis, ethnic_group.grouping, ethnic_group.ethnicity_code, ethnic_group.group_code,
        ethnic_group.is_unknown
    from {{ ref('int_measure_group') }} as ethnic_group
    inner join measure
        on
            {{ in_list('ethnic_group.basis', 'measure.bases') }}
            and {{ in_list('ethnic_group.grouping', 'measure.groupings') }}
),

placed as (
    select
        observation.organisation_code,
        observation.subject_key,
        observation.month,
        {{ unit_or_unknown() }} as unit_code,
        cast(observation.value as double) as value,
        variant.ethnicity_rule,
        variant.basis,
        variant.headline_period_type,
        coalesce(ethnicity.ethnicity_code, 'missing') as ethnicity_code
    from observation
    cross join variant
    left join known_unit on {{ is_known_unit('observation') }}
    left join ethnicity
        on
            ethnicity.subject_key = observation.subject_key
            and ethnicity.ethnicity_rule = variant.ethnicity_rule
            and ethnicity.basis = variant.basis
    where observation.value is not null
),

-- Below the division only White and minority ethnic and the broad groups are built.
in_cell as (
    select
        placed.ethnicity_rule,
        placed.basis,
        measure_period.period_type,
        measure_period.period_start,
        placed.organisation_code,
        measure_unit.unit_level,
        measure_unit.ancestor_code as unit_code,
        member.grouping,
        member.group_code,
        member.is_unknown,
        placed.subject_key,
        placed.value
    from placed
    inner join member on member.basis = placed.basis and member.ethnicity_code = placed.ethnicity_code
    inner join measure_period on measure_period.month = placed.month
    inner join measure_unit
        on
            measure_unit.organisation_code = placed.organisation_code
            and measure_unit.unit_code = placed.unit_code
            and measure_unit.month = placed.month
    where
        measure_unit.level_order <= measure_period.lowest_level_order
        and (
            measure_unit.level_order <= 2
            or (
                measure_period.is_below_division
                and {{ is_broad('member.grouping') }}
            )
        )
        and (
            placed.ethnicity_rule = 'preferred'
            or (
                measure_unit.unit_level = 'organisation'
                and measure_period.period_type = placed.headline_period_type
            )
        )
),

figure_key as (
    select
        {{ cell | join(', ') }},
        is_unknown,
        dense_rank() over (order by {{ family | join(' asc nulls last, ') }} asc nulls last) as family_number,
        row_number() over (order by {{ cell | join(' asc nulls last, ') }} asc nulls last) as figure_number
    from (select distinct {{ cell | join(', ') }}, is_unknown from in_cell) as distinct_cell
),

observed as (
    select
        figure_key.family_number,
        figure_key.figure_number,
        figure_key.is_unknown,
        in_cell.subject_key,
        in_cell.value
    from in_cell
    inner join figure_key on {{ same_columns(cell, 'figure_key', 'in_cell') }}
),

{{ _mean_of() if statistic == 'mean' else _median_of() }},

base as (
    select
        figure_number,
        family_number,
        is_unknown,
        cast(count(*) as bigint) as base,
        cast(count(distinct subject_key) as bigint) as base_people,
        {{ stable_sum('value') }} as total
    from observed
    group by figure_number, family_number, is_unknown
),

known as (
    select family_number, figure_number, base, total
    from base
    where not is_unknown
),

{{ estimate_unknown(measure_id, statistic) }}

select
    '{{ measure_id }}' as measure_id,
    figure_key.ethnicity_rule,
    figure_key.basis,
    'own' as denominator_rule,
    figure_key.period_type,
    figure_key.period_start,
    figure_key.organisation_code,
    figure_key.unit_level,
    figure_key.unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    figure_key.grouping,
    figure_key.group_code,
    figure.value,
    figure.value_lower,
    figure.value_upper,
    split.split_low,
    split.split_high,
    bound.bound_lower,
    bound.bound_upper,
    base.base,
    base.base_people,
    '{{ statistic }}' as method
from figure_key
inner join base on base.figure_number = figure_key.figure_number
inner join figure on figure.figure_number = figure_key.figure_number
left join split on split.figure_number = figure_key.figure_number
left join bound on bound.figure_number = figure_key.figure_number
{%- endmacro %}

{# CTE `figure`: figure_number, value, value_lower, value_upper. #}
{% macro _mean_of() -%}
    {%- set correction = safe_divide('people', 'people - 1') -%}
person_sum as (
    select figure_number, subject_key, {{ stable_sum('value') }} as total, cast(count(*) as double) as observations
    from observed
    group by figure_number, subject_key
),

mean as (
    select
        figure_number,
        {{ safe_divide(stable_sum('total'), 'sum(observations)') }} as value,
        sum(observations) as observations,
        count(*) as people
    from person_sum
    group by figure_number
),

residual as (
    select
        mean.figure_number,
        mean.value,
        mean.observations,
        mean.people,
        person_sum.total - mean.value * person_sum.observations as residual
    from mean
    inner join person_sum on person_sum.figure_number = mean.figure_number
),

scattered as (
    select
        figure_number,
        max(value) as value,
        {{ safe_divide(
            safe_sqrt(stable_sum('residual * residual', decimals=17) ~ ' * max(' ~ correction ~ ')'),
            'max(observations)'
        ) }} as error
    from residual
    group by figure_number
),

figure as (
    select
        figure_number,
        value,
        value - {{ stat_z() }} * error as value_lower,
        value + {{ stat_z() }} * error as value_upper
    from scattered
)
{%- endmacro %}

{% macro _median_of() -%}
ranked as (
    select
        family_number,
        figure_number,
        is_unknown,
        subject_key,
        value,
        row_number() over (partition by figure_number order by value asc nulls last) as value_rank,
        count(*) over (partition by figure_number) as observations
    from observed
),

middle as (
    select
        figure_number,
        {{ middle_value() }} as value
    from ranked
    group by figure_number
),

person_side as (
    select
        ranked.figure_number,
        ranked.subject_key,
        sum(case when ranked.value > middle.value then 5e-1 when ranked.value < middle.value then -5e-1 else 0e0 end)
            as side,
        sum(case when ranked.value <> middle.value then 2.5e-1 else 0e0 end) as sides
    from ranked
    inner join middle on middle.figure_number = ranked.figure_number
    group by ranked.figure_number, ranked.subject_key
),

design as (
    select
        figure_number,
        count(*) as people,
        greatest(coalesce(
            {{ safe_divide('count(*)', 'count(*) - 1') }} * {{ safe_divide('sum(side * side)', 'sum(sides)') }}, 1e0
        ), 1e0) as effect
    from person_side
    group by figure_number
),

limit_rank as (
    select
        ranked.figure_number,
        ranked.value,
        ranked.value_rank,
        ranked.observations,
        floor(
            ranked.observations * 5e-1 - {{ stat_z() }} * 5e-1 * {{ safe_sqrt(
                'ranked.observations * case when design.people < ranked.observations then design.effect else 1e0 end'
            ) }} + 5e-1
        ) as lower_rank,
        ranked.observations >= 6 and design.people >= 2 as has_limits
    from ranked
    inner join design on design.figure_number = ranked.figure_number
),

rank_limit as (
    select
        figure_number,
        max(case when has_limits and value_rank = lower_rank then value end) as value_lower,
        max(case when has_limits and value_rank = observations + 1 - lower_rank then value end) as value_upper
    from limit_rank
    group by figure_number
),

figure as (
    select middle.figure_number, middle.value, rank_limit.value_lower, rank_limit.value_upper
    from middle
    inner join rank_limit on rank_limit.figure_number = middle.figure_number
)
{%- endmacro %}

{# The middle of ranked values, half way between the middle two when they are even: reads value, value_rank, observations. #}
{% macro middle_value() -%}
    5e-1 * (
            max(case when value_rank = floor((observations + 1) * 5e-1) then value end)
            + max(case when value_rank = floor(observations * 5e-1) + 1 then value end)
        )
{%- endmacro %}
