{#
What a control chart says to a person: is a signal good news, and will the target be met if nothing changes?

badness   a column or a number: 1 where high is bad, -1 where low is, 0 where neither
is_ratio  a condition, where some of the series are logarithms of ratios: further from 0 is worse, nearer is better,
          and which side of it a point or the mean lies on decides

resolution  a column: the size of one step where a series is counted in steps; limits are taken as `stat_xmr_chart` does

Both read what `stat_xmr_chart` writes; the icon of a ratio reads `charted_value`, the assurance `target`.
#}
{% macro chart_icon(badness, is_ratio=none) -%}
    case
        when direction = 0 then 'none'
        when
            direction * {{ badness }} = 1
            {%- if is_ratio %}
            and (not {{ is_ratio }} or charted_value * {{ badness }} > 0)
            {%- endif %}
            then 'concern'
        when
            direction * {{ badness }} = -1
            {%- if is_ratio %}
            and (not {{ is_ratio }} or mean * {{ badness }} > 0)
            {%- endif %}
            then 'improvement'
        else 'neutral'
    end
{%- endmacro %}

{# NULL without a target, without limits, or where neither side is bad. #}
{% macro chart_assurance(badness, resolution=none) -%}
    {%- set lower = stat_xmr_no_nearer('lower_limit', 'mean', -1, resolution) -%}
    {%- set upper = stat_xmr_no_nearer('upper_limit', 'mean', 1, resolution) -%}
    {%- if resolution is not none -%}
        {%- set lower, upper = lower ~ ' - ' ~ resolution, upper ~ ' + ' ~ resolution -%}
    {%- endif -%}
    case
        when target is null or {{ badness }} = 0 or lower_limit is null then cast(null as {{ dbt.type_string() }})
        when target > {{ upper }} and {{ badness }} = 1 or target < {{ lower }} and {{ badness }} = -1
            then 'consistently_pass'
        when target > {{ upper }} or target < {{ lower }} then 'consistently_fail'
        else 'hit_or_miss'
    end
{%- endmacro %}

{# Below so many records in a month nothing is said of it: one of them moves a share by five points or more. #}
{% macro few_records() -%}
    20
{%- endmacro %}
