{%- set key = result_columns() -%}
with atom as (
    select distinct measure_id, basis, denominator_rule, organisation_code, month, unit_code, role
    from {{ ref('int_measure_atom') }}
    where role = 'no_residents'
),

variant as (
    select measure_id, basis, denominator_rule
    from {{ ref('int_measure_variant') }}
    where ethnicity_rule = 'preferred'
),

declared as (
    select
        atom.measure_id,
        variant.basis,
        variant.denominator_rule,
        atom.organisation_code,
        atom.month,
        atom.unit_code,
        atom.role
    from atom
    inner join variant
        on
            variant.measure_id = atom.measure_id
            and (atom.basis is null or atom.basis = variant.basis)
            and (atom.denominator_rule is null or atom.denominator_rule = variant.denominator_rule)
),

measure_period as (
    select measure_id, period_type, period_start, month, lowest_level_order
    from {{ ref('int_measure_period') }}
),

measure_unit as (
    select organisation_code, unit_code, month, unit_level, level_order
    from {{ ref('int_measure_unit') }}
    where ancestor_code = unit_code
),

declared_cell as (
    select distinct
        declared.measure_id,
        declared.basis,
        declared.denominator_rule,
        measure_period.period_type,
        measure_period.period_start,
        declared.organisation_code,
        measure_unit.unit_level,
        declared.unit_code,
        'all' as breakdown,
        'all' as breakdown_value,
        declared.role as reason
    from declared
    inner join measure_period
        on measure_period.measure_id = declared.measure_id and measure_period.month = declared.month
    inner join measure_unit
        on
            measure_unit.organisation_code = declared.organisation_code
            and measure_unit.unit_code = declared.unit_code
            and measure_unit.month = declared.month
            and measure_unit.level_order <= measure_period.lowest_level_order
),

declared_unit as (
    select distinct measure_id, organisation_code, unit_code
    from declared
),

counted_cell as (
    select distinct {{ aliased(key, 'counts') }}
    from {{ ref('int_measure_count') }} as counts
    inner join declared_unit
        on
            declared_unit.measure_id = counts.measure_id
            and declared_unit.organisation_code = counts.organisation_code
            and declared_unit.unit_code = counts.unit_code
    where counts.ethnicity_rule = 'preferred' and counts.stratification = 'none'
)

-- A unit that had residents in a part of the period, or through a unit below it, has a figure.
select
    {{ aliased(key, 'declared_cell') }},
    declared_cell.reason
from declared_cell
left join counted_cell on {{ same_columns(key, 'counted_cell', 'declared_cell') }}
where counted_cell.measure_id is null
