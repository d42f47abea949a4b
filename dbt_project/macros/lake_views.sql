{#
Where an engine cannot read a path in place of a table, make a view of each lake table under the source's own schema.
DuckDB reads the path itself (`external_location` of the source).
#}
{% macro lake_views() -%}
    {{ adapter.dispatch('lake_views', 'race_equity')() }}
{%- endmacro %}

{% macro default__lake_views() -%}
{%- endmacro %}

{% macro spark__lake_views() -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'test'] -%}
        {%- do run_query('create schema if not exists lake') -%}
        {%- for source in graph.sources.values() if source.source_name == 'lake' -%}
            {%- set location = source.meta.external_location | replace('{name}', source.name) -%}
            {%- set path = location | replace("read_parquet('", '') | replace("')", '') -%}
            {%- do run_query('create or replace view lake.' ~ source.name ~ ' as select * from parquet.`' ~ path ~ '`') -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
