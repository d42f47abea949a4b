{#
The 97.5% point of the standard normal, for two-sided 95% limits.
Source: any table of the normal; the digits are those of the double nearest to it.
#}
{% macro stat_z() -%}
    1.959963984540054e0
{%- endmacro %}
