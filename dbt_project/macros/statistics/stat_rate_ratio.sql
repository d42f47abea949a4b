{#
Ratio of two rates, (a / t1) / (b / t0), with 95% limits by the log method.
Formula: limits ratio * exp(-/+ z se), se = sqrt(1/a + 1/b).
Source: Rothman, Modern Epidemiology, on person-time data.
Domain: counts a, b >= 0, times t1, t0 > 0. The ratio is NULL when t1, t0 or b is 0. With a = 0 the ratio is 0 and both
limits are NULL: no half is added to an empty cell. Events of one person are taken as independent.
#}
{% macro stat_rate_ratio(a, t1, b, t0) -%}
    {{ safe_divide(safe_divide(a, t1), safe_divide(b, t0)) }}
{%- endmacro %}

{% macro stat_rate_ratio_lower(a, t1, b, t0) -%}
    ({{ stat_rate_ratio(a, t1, b, t0) }} * exp(-{{ stat_z() }} * {{ stat_rate_ratio_error(a, b) }}))
{%- endmacro %}

{% macro stat_rate_ratio_upper(a, t1, b, t0) -%}
    ({{ stat_rate_ratio(a, t1, b, t0) }} * exp({{ stat_z() }} * {{ stat_rate_ratio_error(a, b) }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_rate_ratio_error(a, b) -%}
    {{ safe_sqrt(safe_divide('1e0', a) ~ ' + ' ~ safe_divide('1e0', b)) }}
{%- endmacro %}
