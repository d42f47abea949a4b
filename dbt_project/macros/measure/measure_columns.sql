{#
The contract of the atoms: columns of every model `int_atom_<measure_id>`, in order. What a row is for says its role:
    own                 what is measured
    reference           what a share is compared with: residents by ethnic group
    reference_observed  the same as counted rather than modelled: its size says how sure the modelled one is
    standard            people of the standard population in a stratum, for direct standardisation
    wider_area          what is measured, over every authority of the area of reference
    no_residents        a unit and month for which the measure is not defined
#}
{% macro atom_columns() -%}
    {{ return([
        'measure_id', 'role', 'organisation_code', 'subject_key', 'month', 'unit_code', 'breakdown', 'breakdown_value',
        'stratification', 'stratum', 'basis', 'denominator_rule', 'ethnicity_code', 'numerator', 'denominator',
        'is_modelled',
    ]) }}
{%- endmacro %}

{# A cell: the key of the counts without the ethnic group. #}
{% macro cell_columns() -%}
    {{ return([
        'measure_id', 'ethnicity_rule', 'basis', 'denominator_rule', 'period_type', 'period_start',
        'organisation_code', 'unit_level', 'unit_code', 'breakdown', 'breakdown_value', 'stratification', 'stratum',
    ]) }}
{%- endmacro %}

{# The key of a result: that of the counts without the ethnicity rule and the strata. #}
{% macro result_columns() -%}
    {{ return([
        'measure_id', 'basis', 'denominator_rule', 'period_type', 'period_start', 'organisation_code', 'unit_level',
        'unit_code', 'breakdown', 'breakdown_value',
    ]) }}
{%- endmacro %}

{# What is counted of a group in a cell or a stratum. #}
{% macro count_columns() -%}
    {{ return(['numerator', 'denominator', 'numerator_people', 'denominator_people', 'numerator_sq', 'event_denominator']) }}
{%- endmacro %}

{#
What is known of a group in a cell, before the verdict: values per one of the denominator and ratios of group over
reference, whatever the catalogue prints.
#}
{% macro crude_figure_columns() -%}
    {{ return([
        'cell_number', 'group_number', 'is_compared', 'numerator', 'denominator',
        'numerator_people', 'denominator_people', 'value', 'value_lower', 'value_upper', 'reference_numerator',
        'reference_denominator', 'reference_value', 'ratio', 'ratio_lower', 'ratio_upper', 'difference',
        'difference_lower', 'difference_upper', 'excess_count',
        'unknown_numerator', 'unknown_denominator', 'unknown_share', 'bound_lower', 'bound_upper', 'plausible_lower',
        'plausible_upper', 'tipping_point', 'detectable_ratio', 'has_enough_people', 'is_modelled', 'is_corroborated',
        'method',
    ]) }}
{%- endmacro %}

{# The columns of a figure of which only the given ones hold anything; the rest are NULL. #}
{% macro figure_of(given) -%}
    {%- set counts = ['cell_number', 'group_number', 'numerator_people', 'denominator_people'] -%}
    {%- for column in crude_figure_columns() -%}
        {%- if column in given -%}
            {{ column }}
        {%- else -%}
            cast(null as {{ 'bigint' if column in counts else 'double' }}) as {{ column }}
        {%- endif -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
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
