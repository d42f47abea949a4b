{%- set family = ['family_number', 'grouping', 'adjustment'] -%}
with tested as (
    select {{ family | join(', ') }}, p_value
    from {{ ref('int_measure_tested') }}
),

called as (
    {{ stat_benjamini_hochberg_threshold('tested', family, 'p_value') }}
)

select
    {{ family | join(', ') }},
    largest_called_p
from called
