{# The contract of the atoms: columns of every model `int_atom_<measure_id>`, in order. #}
{% macro atom_columns() -%}
    {{ return([
        'measure_id', 'role', 'organisation_code', 'subject_key', 'month', 'unit_code', 'breakdown', 'breakdown_value',
        'stratification', 'stratum', 'basis', 'ethnicity_code', 'numerator', 'denominator', 'is_modelled',
    ]) }}
{%- endmacro %}

{# A cell: the key of the counts without the ethnic group. #}
{% macro cell_columns() -%}
    {{ return([
        'measure_id', 'ethnicity_rule', 'basis', 'period_type', 'period_start', 'organisation_code', 'unit_level',
        'unit_code', 'breakdown', 'breakdown_value', 'stratification', 'stratum',
    ]) }}
{%- endmacro %}

{# Columns under an alias, separated by commas. #}
{% macro aliased(columns, alias) -%}
    {%- for column in columns %}{{ alias }}.{{ column }}{% if not loop.last %}, {% endif %}{% endfor -%}
{%- endmacro %}

{# Two aliases agree on every column. #}
{% macro same_columns(columns, left, right) -%}
    {%- for column in columns %}{{ left }}.{{ column }} = {{ right }}.{{ column }}{% if not loop.last %} and {% endif %}
    {%- endfor -%}
{%- endmacro %}
