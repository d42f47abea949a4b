{#
A sum that does not depend on the order of the rows, which neither engine promises: whole numbers of a billionth are
added, which is exact, or of as many decimals as are asked for (at most 17). Beyond 9 decimals whole numbers and what is
left of them are added by themselves, which costs twice as much. `over` makes it a window. Input: any number below 9e9,
with more than 9 decimals below 1e15, beyond which it fails; output: DOUBLE, NULL over no rows.
#}
{% macro stable_sum(value, decimals=9, over='') -%}
    {%- set number = 'cast(' ~ value ~ ' as double)' -%}
    {%- set whole = 'floor(' ~ number ~ ' + 5e-1)' -%}
    {%- set unit = '1e' ~ decimals -%}
    {%- if decimals <= 9 -%}
        (cast(sum({{ rounded_for_sum(number ~ ' * ' ~ unit) }}) {{ over }} as double) / {{ unit }})
    {%- else -%}
        (cast(sum({{ rounded_for_sum(whole) }}) {{ over }} as double)
        + cast(sum({{ rounded_for_sum('(' ~ number ~ ' - ' ~ whole ~ ') * ' ~ unit) }}) {{ over }} as double) / {{ unit }})
    {%- endif -%}
{%- endmacro %}
