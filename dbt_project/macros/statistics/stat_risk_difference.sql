{#
Difference of two proportions, a / n1 - b / n0, with 95% limits.
Formula: the Wilson limits of each proportion, joined by `stat_square_and_add_*`.
Source: R. G. Newcombe, Statistics in Medicine 1998, method 10.
Domain: 0 <= a <= n1, 0 <= b <= n0. Undefined when n1 or n0 is 0: NULL. Zero counts are allowed.
#}
{% macro stat_risk_difference(a, n1, b, n0) -%}
    ({{ safe_divide(a, n1) }} - {{ safe_divide(b, n0) }})
{%- endmacro %}

{% macro stat_risk_difference_lower(a, n1, b, n0) -%}
    {{ stat_square_and_add_lower(
        safe_divide(a, n1), stat_wilson_lower(a, n1), safe_divide(b, n0), stat_wilson_upper(b, n0)
    ) }}
{%- endmacro %}

{% macro stat_risk_difference_upper(a, n1, b, n0) -%}
    {{ stat_square_and_add_upper(
        safe_divide(a, n1), stat_wilson_upper(a, n1), safe_divide(b, n0), stat_wilson_lower(b, n0)
    ) }}
{%- endmacro %}
