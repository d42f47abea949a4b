-- A table of its own, many times longer than that of the cells: engines share work out by the rows they begin with.
with cell as (
    select cell_number, measure_id, basis, unit_level
    from {{ ref('int_measure_cell') }}
    where all_numerator is not null
),

declared_group as (
    select declared_group_number, measure_id, basis, grouping
    from {{ ref('int_measure_declared_group') }}
)

select
    cell.cell_number,
    declared_group.declared_group_number
from cell
inner join declared_group
    on declared_group.measure_id = cell.measure_id and declared_group.basis = cell.basis
-- Below the division only White and minority ethnic and the broad groups are built.
where
    cell.unit_level in ('organisation', 'division')
    or declared_group.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
