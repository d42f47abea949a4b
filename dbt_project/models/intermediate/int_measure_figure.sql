{{ config(materialized='view') }}
{%- set columns = figure_columns() -%}
with figure as (
    {%- for kind in ['crude', 'adjusted', 'estimated', 'undefined'] %}
    select {{ columns | join(', ') }}
    from {{ ref('int_measure_' ~ kind) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- The error on the side of 1, so that the p-value and the interval never disagree.
judged as (
    select
        {{ columns | join(', ') }},
        abs({{ safe_ln('ratio') }}) as distance,
        {{ safe_divide(
            'abs(' ~ safe_ln('ratio') ~ ' - '
            ~ safe_ln('case when ratio > 1e0 then ratio_lower else ratio_upper end') ~ ')',
            stat_z()
        ) }} as error
    from figure
)

select
    {{ columns | join(', ') }},
    2e0 * {{ stat_normal_tail(safe_divide('distance', 'error')) }} as p_value
from judged
