{%- set family = [
    'measure_id', 'basis', 'denominator_rule', 'period_type', 'period_start', 'organisation_code', 'unit_level',
    'grouping', 'adjustment',
] -%}
with tested as {{ materialized() }}(
    select
        {{ aliased(family[:7], 'cell') }},
        figure.grouping,
        figure.adjustment,
        figure.p_value
    from {{ ref('int_measure_figure') }} as figure
    inner join {{ ref('int_measure_cell') }} as cell on cell.cell_number = figure.cell_number
    where figure.p_value is not null
),

called as (
    {{ stat_benjamini_hochberg_threshold('tested', family, 'p_value') }}
)

select
    {{ family | join(', ') }},
    largest_called_p
from called
