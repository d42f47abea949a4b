{#
A ratio of group over reference as the catalogue prints it; a limit names the one that becomes it when turned over.

What is undefined is a zero below the line, and which side stands there depends on the direction. With the reference on
top and nobody of it with the event, though somebody of the group, the printed ratio is 0: `is_point` says so for a ratio
and its bounds. Its limits are NULL, as those of every ratio with an empty cell (`stat_risk_ratio`, `stat_rate_ratio`).
Reads `is_inverted`, `is_compared`, `value` and `reference_value`.
#}
{% macro in_direction(ratio, turned=none, is_point=false) -%}
    case
        when not is_inverted then {{ ratio }}
        {%- if is_point %}
        when is_compared and reference_value = 0e0 and value > 0e0
            then coalesce({{ safe_divide('1e0', turned or ratio) }}, 0e0)
        {%- endif %}
        else {{ safe_divide('1e0', turned or ratio) }}
    end
{%- endmacro %}
