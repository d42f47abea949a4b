-- A table: a filter on p-values that an optimiser pushes through the views of figures writes them out time and again.
with figure as (
    select cell_number, grouping, adjustment, p_value
    from {{ ref('int_measure_figure') }}
),

cell as (
    select cell_number, family_number
    from {{ ref('int_measure_cell') }}
)

select
    cell.family_number,
    figure.grouping,
    figure.adjustment,
    figure.p_value
from figure
inner join cell on cell.cell_number = figure.cell_number
