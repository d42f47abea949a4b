{#
95% limits of the difference of two independent estimates from the limits of each: estimate p1 within l1 to u1, and
estimate p0 within l0 to u0.
Formula: lower p1 - p0 - sqrt((p1 - l1)^2 + (u0 - p0)^2); upper p1 - p0 + sqrt((u1 - p1)^2 + (p0 - l0)^2).
Source: R. G. Newcombe, Statistics in Medicine 1998, method 10 (proportions, from Wilson limits); Zou and Donner,
Statistics in Medicine 2008 (any estimates, variances recovered from their limits).
Domain: limits that contain their estimates. Undefined when any of them is: NULL.
#}
{% macro stat_square_and_add_lower(p1, l1, p0, u0) -%}
    ({{ p1 }} - {{ p0 }} - {{ stat_square_and_add_length(p1, l1, p0, u0) }})
{%- endmacro %}

{% macro stat_square_and_add_upper(p1, u1, p0, l0) -%}
    ({{ p1 }} - {{ p0 }} + {{ stat_square_and_add_length(p1, u1, p0, l0) }})
{%- endmacro %}

{# Length of the step from the difference to its limit; a sum of squares is never negative. #}
{% macro stat_square_and_add_length(p1, limit1, p0, limit0) -%}
    sqrt(power({{ p1 }} - {{ limit1 }}, 2e0) + power({{ limit0 }} - {{ p0 }}, 2e0))
{%- endmacro %}
