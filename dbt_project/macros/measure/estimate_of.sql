{#
The rest of a model `int_estimate_<measure_id>` whose figure is the mean or the median of single observations: reads the
CTE `observation` (organisation_code, subject_key, month, unit_code, value) and gives one row per period, unit and
declared group that has any observation, unknown statuses included.

Belongs here: which observations meet in a figure, the figure and its limits. Does not belong here: what is observed,
and the comparison of groups, which the engine does.

mean     Formula: sum(x) / n; limits mean -/+ z s / sqrt(n), s^2 = (sum(x^2) - sum(x)^2 / n) / (n - 1).
         Source: the normal law of a mean. Limits are NULL below 2 observations.
median   Formula: the middle value, half way between the middle two when n is even; limits are the values at the
         ranks r = n/2 - z sqrt(n) / 2, to the nearest whole number, and n + 1 - r.
         Source: Campbell and Gardner, BMJ 1988. Limits are NULL below 6 observations: even the smallest and the largest
         of five hold the median with 94% only.

Both treat observations as independent of each other; `base_people` says from how many people they come.
#}
{% macro estimate_of(measure_id, statistic) -%}
    {%- set cell = [
        'basis', 'period_type', 'period_start', 'organisation_code', 'unit_level', 'unit_code', 'grouping', 'group_code',
    ] -%}
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

known_unit as (
    select distinct organisation_code, unit_code, month
    from measure_unit
),

ethnicity as (
    select subject_key, basis, ethnicity_code
    from {{ ref('int_person_ethnicity') }}
    where ethnicity_rule = 'preferred'
),

member as (
    select ethnic_group.basis, ethnic_group.grouping, ethnic_group.ethnicity_code, ethnic_group.group_code
    from {{ ref('int_measure_group') }} as ethnic_group
    inner join measure
        on
            {{ in_list('ethnic_group.basis', 'measure.bases') }}
            and {{ in_list('ethnic_group.grouping', 'measure.groupings') }}
),

basis as (
    select distinct basis
    from member
),

placed as (
    select
        observation.organisation_code,
        observation.subject_key,
        observation.month,
        case when known_unit.unit_code is null then 'UNKNOWN' else observation.unit_code end as unit_code,
        cast(observation.value as double) as value,
        basis.basis,
        coalesce(ethnicity.ethnicity_code, 'missing') as ethnicity_code
    from observation
    cross join basis
    left join known_unit
        on
            known_unit.organisation_code = observation.organisation_code
            and known_unit.unit_code = observation.unit_code
            and known_unit.month = observation.month
    left join ethnicity
        on ethnicity.subject_key = observation.subject_key and ethnicity.basis = basis.basis
    where observation.value is not null
),

-- Below the division only White and minority ethnic and the broad groups are built.
in_cell as (
    select
        placed.basis,
        measure_period.period_type,
        measure_period.period_start,
        placed.organisation_code,
        measure_unit.unit_level,
        measure_unit.ancestor_code as unit_code,
        member.grouping,
        member.group_code,
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
                and member.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
            )
        )
),

ranked as (
    select
        {{ cell | join(', ') }},
        subject_key,
        value,
        row_number() over (partition by {{ cell | join(', ') }} order by value asc nulls last) as value_rank,
        count(*) over (partition by {{ cell | join(', ') }}) as observation_count
    from in_cell
),

figure as (
    select
        {{ cell | join(', ') }},
        {{ _mean_of() if statistic == 'mean' else _median_of() }},
        cast(count(*) as bigint) as base,
        cast(count(distinct subject_key) as bigint) as base_people
    from ranked
    group by {{ cell | join(', ') }}
)

select
    '{{ measure_id }}' as measure_id,
    'preferred' as ethnicity_rule,
    basis,
    'own' as denominator_rule,
    period_type,
    period_start,
    organisation_code,
    unit_level,
    unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    grouping,
    group_code,
    value,
    value_lower,
    value_upper,
    base,
    base_people,
    '{{ statistic }}' as method
from figure
{%- endmacro %}

{% macro _mean_of() -%}
    {%- set mean = safe_divide(stable_sum('value'), 'count(*)') -%}
    {%- set squares -%}
        {{ stable_sum('value * value') }} - {{ safe_divide(stable_sum('value') ~ ' * ' ~ stable_sum('value'), 'count(*)') }}
    {%- endset -%}
    {%- set error -%}
        {{ safe_sqrt('greatest(' ~ safe_divide(safe_divide(squares, 'count(*) - 1'), 'count(*)') ~ ', 0e0)') }}
    {%- endset -%}
    {{ mean }} as value,
        case when count(*) >= 2 then {{ mean }} - {{ stat_z() }} * {{ error }} end as value_lower,
        case when count(*) >= 2 then {{ mean }} + {{ stat_z() }} * {{ error }} end as value_upper
{%- endmacro %}

{% macro _median_of() -%}
    {%- set lower_rank -%}
        floor(observation_count * 5e-1 - {{ stat_z() }} * 5e-1 * sqrt(cast(observation_count as double)) + 5e-1)
    {%- endset -%}
    5e-1 * (
            max(case when value_rank = floor((observation_count + 1) * 5e-1) then value end)
            + max(case when value_rank = floor(observation_count * 5e-1) + 1 then value end)
        ) as value,
        max(case when observation_count >= 6 and value_rank = {{ lower_rank }} then value end) as value_lower,
        max(case when observation_count >= 6 and value_rank = observation_count + 1 - {{ lower_rank }} then value end)
            as value_upper
{%- endmacro %}
