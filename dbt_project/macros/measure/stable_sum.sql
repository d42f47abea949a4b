{#
A sum that does not depend on the order of the rows, which neither engine promises: added as decimals, which is exact,
to a billionth. Input: any number below 1e21; output: DOUBLE, NULL over no rows.
#}
{% macro stable_sum(value) -%}
    cast(sum(cast({{ value }} as decimal(30, 9))) as double)
{%- endmacro %}
