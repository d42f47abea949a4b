{#
Rows of a seed as Spark takes them. The adapter's own version puts a value between quotes as it is, so an apostrophe ends
the text early and an empty cell becomes the word None. dbt itself reads the word NULL of a file as an empty cell; the
column `raw_value` of a reference map is never empty, so there an empty cell is that word.
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set overrides = model['config'].get('column_types', {}) -%}
    {%- set types = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.append(overrides.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
    {%- endfor -%}
    {%- set statements = [] -%}
    {%- for chunk in agate_table.rows | batch(1000) -%}
        {%- set statement -%}
            insert into {{ this.render() }} values
            {% for row in chunk -%}
                ({% for value in row -%}
                    {%- set is_word = value is none and agate_table.column_names[loop.index0] == 'raw_value' -%}
                    cast({{ spark_literal('NULL' if is_word else value) }} as {{ types[loop.index0] }}){% if not loop.last %}, {% endif %}
                {%- endfor %}){% if not loop.last %},{% endif %}
            {% endfor -%}
        {%- endset -%}
        {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
        {%- do statements.append(statement) -%}
    {%- endfor -%}
    {{ return(statements | first) }}
{%- endmacro %}

{# A value as a Spark literal: NULL, or text with its quotes and backslashes escaped. #}
{% macro spark_literal(value) -%}
    {%- if value is none -%}
        null
    {%- else -%}
        '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
