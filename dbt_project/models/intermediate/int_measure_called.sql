{%- set family = ['family_number', 'grouping', 'adjustment'] -%}
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
),

tested as (
    select
        cell.family_number,
        declared_group.grouping,
        figure.adjustment,
        figure.p_value
    from figure
    inner join cell on cell.cell_number = figure.cell_number
    inner join declared_group on declared_group.declared_group_number = figure.declared_group_number
),

called as (
    {{ stat_benjamini_hochberg_threshold('tested', family, 'p_value') }}
)

select
    {{ family | join(', ') }},
    largest_called_p
from called
