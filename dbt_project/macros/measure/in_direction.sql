{# A ratio of group over reference as the catalogue prints it; a limit names the one that becomes it when turned over. #}
{% macro in_direction(ratio, turned=none) -%}
    case when is_inverted then {{ safe_divide('1e0', turned or ratio) }} else {{ ratio }} end
{%- endmacro %}
