{#
A sum that does not depend on the order of the rows, which neither engine promises: whole numbers of a billionth are
added, which is exact, or of as many decimals as are asked for (at most 17). `over` makes it a window. Input: any number
below 9e9, with more than 9 decimals below 1e15; output: DOUBLE, NULL over no rows.
#}
{% macro stable_sum(value, decimals=9, over='') -%}
    {%- set number = 'cast(' ~ value ~ ' as double)' -%}
    {%- set unit = '1e' ~ decimals -%}
    {%- if decimals <= 9 -%}
        (cast(sum({{ whole_number(number ~ ' * ' ~ unit) }}) {{ over }} as double) / {{ unit }})
    {%- else -%}
        (cast(sum({{ whole_number('floor(' ~ number ~ ')') }}) {{ over }} as double)
        + cast(sum({{ whole_number('(' ~ number ~ ' - floor(' ~ number ~ ')) * ' ~ unit) }}) {{ over }} as double)
        / {{ unit }})
    {%- endif -%}
{%- endmacro %}
