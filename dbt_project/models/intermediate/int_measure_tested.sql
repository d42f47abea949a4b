-- A table: a filter on p-values that an optimiser pushes through the views of figures writes them out time and again,
-- until Spark has no memory left.
with figure as (
    select cell_number, declared_group_number, adjustment, p_value
    from {{ ref('int_measure_figure') }}
),

cell as (
    select cell_number, family_number
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select declared_group_number, grouping
    from {{ ref('int_measure_declared_group') }}
)

select
    cell.family_number,
    declared_group.grouping,
    figure.adjustment,
    figure.p_value
from figure
inner join cell on cell.cell_number = figure.cell_number
inner join declared_group on declared_group.declared_group_number = figure.declared_group_number
