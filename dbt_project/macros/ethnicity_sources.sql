{#
Decision 4 for sources that do not say who gave the answer: by subject the sources the preferred ethnicity is taken
from, the better ones first.
#}
{% macro ethnicity_source_ranks() -%}
    {{ return({'patient': ['mhsds', 'incidents'], 'staff': ['staff_record']}) }}
{%- endmacro %}
