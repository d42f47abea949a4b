{#
The measures whose atoms the engine reads: one name per model `int_atom_<measure_id>`.
dbt has to know every model a model stands on before it can read the catalogue, so the names stand here too; the
contract test `test_measure_catalogue.py` fails when this list, the catalogue and the models differ.
#}
{% macro measure_ids() -%}
    {{ return(['mha_detention_rate', 'workforce_representation']) }}
{%- endmacro %}
