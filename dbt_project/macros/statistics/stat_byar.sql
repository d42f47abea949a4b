{#
Byar's limits (95%) of a count x that follows a Poisson law.
Formula: lower x (1 - 1/(9x) - z/(3 sqrt x))^3; upper (x+1) (1 - 1/(9(x+1)) + z/(3 sqrt(x+1)))^3.
Source: the OHID technical guide for rates; Breslow and Day, volume 2, 1987.
Domain: x >= 0; the lower limit of 0 is 0. Undefined for a negative or missing count: NULL.
The limits of a rate are those of its count over the same denominator. Below 10 events use `stat_poisson_*`.
#}
{% macro stat_byar_lower(x) -%}
    {%- set x = 'cast(' ~ x ~ ' as double)' -%}
    (case when {{ x }} = 0e0 then 0e0 when {{ x }} > 0e0 then {{ x }} * power(
        1e0 - {{ safe_divide('1e0', '9e0 * ' ~ x) }} - {{ safe_divide(stat_z(), '3e0 * ' ~ safe_sqrt(x)) }}, 3e0
    ) end)
{%- endmacro %}

{% macro stat_byar_upper(x) -%}
    {%- set next = '(cast(' ~ x ~ ' as double) + 1e0)' -%}
    (case when {{ next }} >= 1e0 then {{ next }} * power(
        1e0 - {{ safe_divide('1e0', '9e0 * ' ~ next) }} + {{ safe_divide(stat_z(), '3e0 * ' ~ safe_sqrt(next)) }}, 3e0
    ) end)
{%- endmacro %}
