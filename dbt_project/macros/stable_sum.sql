{#
A sum that does not depend on the order of the rows, which neither engine promises: added as decimals, which is exact,
to a billionth, or to as many decimals as are asked for (at most 17). `over` makes it a window. Input: any number below
1e21; output: DOUBLE, NULL over no rows.
#}
{% macro stable_sum(value, decimals=9, over='') -%}
    cast(sum(cast({{ value }} as decimal({{ 21 + decimals }}, {{ decimals }}))) {{ over }} as double)
{%- endmacro %}
