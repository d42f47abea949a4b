-- A table: a filter on p-values that an optimiser pushes through the views of figures writes them out time and again,
-- until Spark has no memory left.
with figure as (
    select cell_number, group_number, adjustment, p_value
    from {{ ref('int_measure_figure') }}
    -- A ratio of 0 or NULL has no logarithm, so no p-value.
    where ratio > 0e0
),

cell as (
    select cell_number, family_number
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select group_number, grouping
    from {{ ref('int_measure_declared_group') }}
)

select
    cell.family_number,
    declared_group.grouping,
    figure.adjustment,
    figure.p_value
from figure
inner join cell on cell.cell_number = figure.cell_number
inner join declared_group on declared_group.group_number = figure.group_number
