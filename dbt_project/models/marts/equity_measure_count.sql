{%- set cell = result_columns() -%}
with cell as (
    select cell_number, {{ cell | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select group_number, measure_type, grouping, group_code
    from {{ ref('int_measure_declared_group') }}
),

stratum as (
    select stratum_number, stratification, stratum
    from {{ ref('int_measure_stratum') }}
),

standard as (
    select measure_id, stratification, stratum, weight
    from {{ ref('int_measure_standard') }}
),

group_count as (
    select
        cell_number, stratum_number, group_number, numerator, denominator, numerator_people,
        denominator_people, numerator_sq
    from {{ ref('int_measure_group_count') }}
)

-- Crude rows without clustered events say all of this themselves.
select
    {{ aliased(cell, 'cell') }},
    coalesce(stratum.stratification, 'none') as stratification,
    coalesce(stratum.stratum, 'none') as stratum,
    declared_group.grouping,
    declared_group.group_code,
    group_count.numerator,
    group_count.denominator,
    group_count.numerator_people,
    group_count.denominator_people,
    group_count.numerator_sq,
    standard.weight as standard_weight
from group_count
inner join cell on cell.cell_number = group_count.cell_number
inner join declared_group on declared_group.group_number = group_count.group_number
left join stratum on stratum.stratum_number = group_count.stratum_number
left join standard
    on
        standard.measure_id = cell.measure_id
        and standard.stratification = stratum.stratification
        and standard.stratum = stratum.stratum
where
    group_count.stratum_number > 0
    or (declared_group.measure_type = 'rate' and group_count.numerator_sq > group_count.numerator)
