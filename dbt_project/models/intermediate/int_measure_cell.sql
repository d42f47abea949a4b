{%- set key = result_columns() -%}
{%- set family = [
    'measure_id', 'basis', 'denominator_rule', 'period_type', 'period_start', 'organisation_code', 'unit_level',
] -%}
with crude_count as (
    select
        {{ key | join(', ') }},
        ethnicity_code,
        numerator,
        denominator,
        denominator_people,
        event_denominator
    from {{ ref('int_measure_count') }}
    where ethnicity_rule = 'preferred' and stratification = 'none'
),

ethnic_group as (
    select basis, ethnicity_code, is_unknown
    from {{ ref('int_measure_group') }}
    where grouping = 'white_bme'
),

counted as (
    select
        {{ aliased(key, 'crude_count') }},
        {{ stable_sum('crude_count.numerator') }} as all_numerator,
        {{ stable_sum('crude_count.denominator') }} as all_denominator,
        cast(sum(crude_count.denominator_people) as bigint) as all_people,
        {{ stable_sum('case when ethnic_group.is_unknown then crude_count.numerator else 0e0 end') }}
            as unknown_numerator,
        {{ stable_sum('case when ethnic_group.is_unknown then crude_count.denominator else 0e0 end') }}
            as unknown_denominator,
        {{ stable_sum('case when ethnic_group.is_unknown then crude_count.event_denominator else 0e0 end') }}
            as unknown_event_denominator
    from crude_count
    inner join ethnic_group
        on ethnic_group.basis = crude_count.basis and ethnic_group.ethnicity_code = crude_count.ethnicity_code
    group by {{ aliased(key, 'crude_count') }}
),

estimate as (
    {%- for measure_id in var('estimate_measures') %}
    select {{ key | join(', ') }}, base, base_people, group_code
    from {{ ref('int_estimate_' ~ measure_id) }}
    where grouping = 'white_bme' and ethnicity_rule = 'preferred'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

estimated as (
    select
        {{ key | join(', ') }},
        cast(null as double) as all_numerator,
        cast(sum(base) as double) as all_denominator,
        cast(sum(base_people) as bigint) as all_people,
        cast(null as double) as unknown_numerator,
        cast(sum(case when group_code in ('white', 'bme') then 0 else base end) as double) as unknown_denominator,
        0e0 as unknown_event_denominator
    from estimate
    group by {{ key | join(', ') }}
),

-- Nothing stands in a cell the measure is not defined for: without a denominator it is taken up by no other model.
undefined as (
    select
        {{ key | join(', ') }},
        cast(null as double) as all_numerator,
        cast(null as double) as all_denominator,
        cast(null as bigint) as all_people,
        cast(null as double) as unknown_numerator,
        cast(null as double) as unknown_denominator,
        cast(null as double) as unknown_event_denominator
    from {{ ref('int_measure_undefined_cell') }}
),

cell as (
    {%- for source in ['counted', 'estimated', 'undefined'] %}
    select
        {{ key | join(', ') }},
        all_numerator,
        all_denominator,
        all_people,
        unknown_numerator,
        unknown_denominator,
        unknown_event_denominator
    from {{ source }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    row_number() over (order by {{ key | join(' nulls last, ') }} nulls last) as cell_number,
    dense_rank() over (order by {{ family | join(' nulls last, ') }} nulls last) as family_number,
    {{ key | join(', ') }},
    all_numerator,
    all_denominator,
    all_people,
    unknown_numerator,
    unknown_denominator,
    unknown_event_denominator
from cell
