{{ config(materialized='view') }}
{%- set of_adjusted = ['adjustment', 'strata_used', 'strata_empty'] -%}
{%- set columns = crude_figure_columns() + of_adjusted -%}
with figure as (
    {%- for kind in ['crude', 'estimated', 'undefined'] %}
    select
        {{ crude_figure_columns() | join(', ') }},
        'crude' as adjustment,
        cast(null as bigint) as strata_used,
        cast(null as bigint) as strata_empty
    from {{ ref('int_measure_' ~ kind) }}
    union all
    {%- endfor %}
    select {{ columns | join(', ') }}
    from {{ ref('int_measure_adjusted') }}
),

-- How many standard errors the ratio lies from 1, taken from the limit on the side of 1, so that the p-value and the
-- interval never disagree.
standardised_distance as (
    select
        {{ columns | join(', ') }},
        {{ safe_divide(
            'abs(' ~ safe_ln('ratio') ~ ')',
            'abs(' ~ safe_ln('ratio') ~ ' - '
            ~ safe_ln('case when ratio > 1e0 then ratio_lower else ratio_upper end') ~ ')'
        ) }} * {{ stat_z() }} as z_score
    from figure
)

select
    {{ columns | join(', ') }},
    2e0 * {{ stat_normal_tail('z_score') }} as p_value
from standardised_distance
