{# Groupings that are built at every level: White and minority ethnic, and the broad groups. #}
{% macro is_broad(grouping) -%}
    ({{ grouping }} in ('white_bme', 'broad_nhs', 'broad_ons'))
{%- endmacro %}
