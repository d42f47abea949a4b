{#
The tables of the published file, from the descriptions of the models and seeds themselves, so that a new one cannot be left out.
-#}
{%- set tables = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ['model', 'seed'] and node.schema in ['reference', 'core', 'marts', 'quality'] -%}
        {%- set is_personal = [] -%}
        {%- for column in node.columns if column.endswith('_key') or column == 'birth_month' -%}
            {%- do is_personal.append(column) -%}
        {%- endfor -%}
        {%- if not is_personal -%}
            {%- do tables.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}
with published_table as (
    {%- for node in tables | sort(attribute='name') %}
    {%- set sentences = node.description.split('. ') %}
    {%- set grain = sentences[0].replace('Grain: ', '').rstrip('.') %}
    {%- set origin = 'Reference table. Source: ' ~ node.config.meta.source ~ '.' if node.resource_type == 'seed' else '' %}
    {%- set purpose = sentences[1:] | join('. ') | trim or origin %}
    {%- set place = ['marts', 'quality', 'core', 'reference'].index(node.schema) + 1 %}
    {%- set query = node.config.meta.get('example_query', 'select * from ' ~ node.schema ~ '.' ~ node.alias ~ ' limit 10') %}
    select
        {{ place }} as reading_order,
        '{{ node.schema }}' as schema_name,
        '{{ node.alias }}' as table_name,
        '{{ dbt.escape_single_quotes(grain) }}' as grain,
        '{{ dbt.escape_single_quotes(purpose) }}' as purpose,
        '{{ dbt.escape_single_quotes(query) }}' as example_query
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as int) as reading_order,
        cast(null as {{ dbt.type_string() }}) as schema_name,
        cast(null as {{ dbt.type_string() }}) as table_name,
        cast(null as {{ dbt.type_string() }}) as grain,
        cast(null as {{ dbt.type_string() }}) as purpose,
        cast(null as {{ dbt.type_string() }}) as example_query
    where 1 = 0
    {%- endfor %}
)

select
    reading_order,
    schema_name,
    table_name,
    grain,
    purpose,
    example_query,
    'internal' as audience
from published_table
