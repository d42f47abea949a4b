-- A table of its own, many times longer than that of the cells: engines share work out by the rows they begin with.
with cell as (
    select cell_number, measure_id, basis, unit_level
    from {{ ref('int_measure_cell') }}
    where all_numerator is not null
),

counted_group as (
    select group_number, measure_id, basis, is_broad
    from {{ ref('int_measure_counted_group') }}
)

select
    cell.cell_number,
    counted_group.group_number
from cell
inner join counted_group on counted_group.measure_id = cell.measure_id and counted_group.basis = cell.basis
-- Below the division only White and minority ethnic and the broad groups are built.
where counted_group.is_broad or cell.unit_level in ('organisation', 'division')
