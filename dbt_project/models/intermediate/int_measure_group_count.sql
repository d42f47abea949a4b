{%- set key = result_columns() -%}
with cell as (
    select cell_number, {{ key | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

ethnic_group as (
    select basis, grouping, ethnicity_code, group_code
    from {{ ref('int_measure_group') }}
),

declared_group as (
    select declared_group_number, measure_id, basis, grouping, group_code
    from {{ ref('int_measure_declared_group') }}
),

member as (
    select
        declared_group.declared_group_number,
        declared_group.measure_id,
        declared_group.basis,
        declared_group.grouping,
        ethnic_group.ethnicity_code
    from declared_group
    inner join ethnic_group
        on
            ethnic_group.basis = declared_group.basis
            and ethnic_group.grouping = declared_group.grouping
            and ethnic_group.group_code = declared_group.group_code
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
        member.declared_group_number,
        {{ aliased(count_columns(), 'counted') }},
        counted.is_modelled
    from counted
    inner join member
        on
            member.measure_id = counted.measure_id
            and member.basis = counted.basis
            and member.ethnicity_code = counted.ethnicity_code
    where
        member.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
        or (counted.stratification = 'none' and counted.unit_level in ('organisation', 'division'))
)

select
    cell_number,
    stratification,
    stratum,
    declared_group_number,
    {%- for column in ['numerator', 'denominator', 'numerator_sq', 'event_denominator'] %}
    {{ stable_sum(column) }} as {{ column }},
    {%- endfor %}
    {%- for column in ['numerator_people', 'denominator_people'] %}
    cast(sum({{ column }}) as bigint) as {{ column }},
    {%- endfor %}
    max(is_modelled) as is_modelled
from grouped
group by cell_number, stratification, stratum, declared_group_number
