{# The service line in whose catchment a source's people live: staff are recruited from a wider area than patients. #}
{% macro service_line_of(source) -%}
    case {{ source }} when 'staff_record' then 'workforce' else 'adult_mental_health' end
{%- endmacro %}
