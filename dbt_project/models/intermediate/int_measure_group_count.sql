{%- set key = result_columns() -%}
with cell as (
    select cell_number, {{ key | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

ethnic_group as (
    select basis, grouping, ethnicity_code, group_code
    from {{ ref('int_measure_group') }}
),

measure as (
    select measure_id, groupings
    from {{ ref('measure_catalogue') }}
),

counted as (
    select
        cell.cell_number,
        cell.measure_id,
        cell.basis,
        cell.unit_level,
        counts.stratification,
        counts.stratum,
        counts.ethnicity_code,
        {{ aliased(count_columns(), 'counts') }},
        counts.is_modelled
    from {{ ref('int_measure_count') }} as counts
    inner join cell on {{ same_columns(key, 'cell', 'counts') }}
    where counts.ethnicity_rule = 'preferred'
),

-- Single groups are too small to be compared within strata or below the division.
grouped as (
    select
        counted.cell_number,
        counted.stratification,
        counted.stratum,
        ethnic_group.grouping,
        ethnic_group.group_code,
        {{ aliased(count_columns(), 'counted') }},
        counted.is_modelled
    from counted
    inner join measure on measure.measure_id = counted.measure_id
    inner join ethnic_group
        on
            ethnic_group.basis = counted.basis
            and ethnic_group.ethnicity_code = counted.ethnicity_code
            and {{ in_list('ethnic_group.grouping', 'measure.groupings') }}
    where
        ethnic_group.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
        or (counted.stratification = 'none' and counted.unit_level in ('organisation', 'division'))
)

select
    cell_number,
    stratification,
    stratum,
    grouping,
    group_code,
    {%- for column in ['numerator', 'denominator', 'numerator_sq', 'event_denominator'] %}
    {{ stable_sum(column) }} as {{ column }},
    {%- endfor %}
    {%- for column in ['numerator_people', 'denominator_people'] %}
    cast(sum({{ column }}) as bigint) as {{ column }},
    {%- endfor %}
    max(is_modelled) as is_modelled
from grouped
group by cell_number, stratification, stratum, grouping, group_code
