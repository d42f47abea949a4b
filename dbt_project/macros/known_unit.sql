{#
The unit a record counts under in a month: the one it names where that one existed then, else the unknown unit.

Belongs here: the fallback to the unknown unit. Does not belong here: which units there were (int_measure_unit), and
what a feed calls them (int_unit_name).
#}

{# CTE `known_unit`: the units of each month, from a relation that has a row for each level above them. #}
{% macro known_unit_cte(relation) -%}
known_unit as (
    select distinct organisation_code, unit_code, month
    from {{ relation }}
)
{%- endmacro %}

{# The condition on which `known_unit` is left joined to a record (an alias). #}
{% macro is_known_unit(record, month='month') -%}
    known_unit.organisation_code = {{ record }}.organisation_code
    and known_unit.unit_code = {{ record }}.unit_code
    and known_unit.month = {{ record }}.{{ month }}
{%- endmacro %}

{# The unit a record counts under, once `known` is left joined to it. #}
{% macro unit_or_unknown(known='known_unit') -%}
    coalesce({{ known }}.unit_code, 'UNKNOWN')
{%- endmacro %}
