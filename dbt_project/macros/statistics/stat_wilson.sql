{#
Wilson score limits (95%) of a proportion x / n.
Formula: (2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)).
Source: the OHID technical guide for proportions; E. B. Wilson, 1927.
Domain: 0 <= x <= n, n > 0. Undefined outside it: NULL. The limits stay within 0 and 1.
#}
{% macro stat_wilson_lower(x, n) -%}
    {{ stat_wilson_limit(x, n, '-') }}
{%- endmacro %}

{% macro stat_wilson_upper(x, n) -%}
    {{ stat_wilson_limit(x, n, '+') }}
{%- endmacro %}

{% macro stat_wilson_limit(x, n, sign) -%}
    {%- set z = stat_z() -%}
    {%- set x = 'cast(' ~ x ~ ' as double)' -%}
    {%- set n = 'cast(' ~ n ~ ' as double)' -%}
    (case when {{ n }} > 0e0 and {{ x }} >= 0e0 and {{ x }} <= {{ n }} then greatest(0e0, least(1e0, {{ safe_divide(
        '2e0 * ' ~ x ~ ' + ' ~ z ~ ' * ' ~ z ~ ' ' ~ sign ~ ' ' ~ z ~ ' * '
        ~ safe_sqrt(z ~ ' * ' ~ z ~ ' + 4e0 * ' ~ x ~ ' * (1e0 - ' ~ safe_divide(x, n) ~ ')'),
        '2e0 * (' ~ n ~ ' + ' ~ z ~ ' * ' ~ z ~ ')'
    ) }})) end)
{%- endmacro %}
