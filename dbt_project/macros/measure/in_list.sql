{# True when a value stands in a list of the catalogue, whose entries are separated by |. #}
{% macro in_list(value, list) -%}
    {{ dbt.position("concat('|', " ~ value ~ ", '|')", "concat('|', " ~ list ~ ", '|')") }} > 0
{%- endmacro %}
