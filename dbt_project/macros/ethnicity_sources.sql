{#
By subject the sources the preferred ethnicity is taken from, the better ones first: these do not say who gave the
answer.
#}
{% macro ethnicity_source_ranks() -%}
    {{ return({'patient': ['mhsds', 'incidents'], 'staff': ['staff_record']}) }}
{%- endmacro %}
