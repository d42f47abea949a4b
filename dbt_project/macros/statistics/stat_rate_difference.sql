{#
Difference of two rates, a / t1 - b / t0, with 95% limits.
Formula: the Poisson limits of each rate, joined by `stat_square_and_add_*`.
Source: Zou and Donner, Statistics in Medicine 2008.
Domain: counts a, b >= 0, times t1, t0 > 0. Undefined when t1 or t0 is 0: NULL. Zero counts are allowed.
#}
{% macro stat_rate_difference(a, t1, b, t0) -%}
    ({{ safe_divide(a, t1) }} - {{ safe_divide(b, t0) }})
{%- endmacro %}

{% macro stat_rate_difference_lower(a, t1, b, t0) -%}
    {{ stat_square_and_add_lower(
        safe_divide(a, t1), safe_divide(stat_poisson_lower(a), t1),
        safe_divide(b, t0), safe_divide(stat_poisson_upper(b), t0)
    ) }}
{%- endmacro %}

{% macro stat_rate_difference_upper(a, t1, b, t0) -%}
    {{ stat_square_and_add_upper(
        safe_divide(a, t1), safe_divide(stat_poisson_upper(a), t1),
        safe_divide(b, t0), safe_divide(stat_poisson_lower(b), t0)
    ) }}
{%- endmacro %}
