{#
Each record table of the lake and the fact that holds its records: how many rows of the lake stand in `core`, how many
are earlier versions of a record that stands there, and how many records a rule of the fact leaves out.
-#}
{%- set facts = [
    {'feed': 'staff_record', 'table': 'staff_record', 'staged': 'stg_staff_record__staff_record',
     'record': "concat(assignment_key, '|', cast(month as " ~ dbt.type_string() ~ "))",
     'fact': 'fct_staff_snapshot', 'records_in_fact': 'sum(assignment_count)'},
    {'feed': 'incidents', 'table': 'incident', 'staged': 'stg_incidents__incident', 'record': 'incident_key',
     'fact': 'fct_incident', 'records_in_fact': 'count(*)'},
    {'feed': 'mhsds', 'table': 'mhs401_mha_period', 'staged': 'stg_mhsds__mhs401_mha_period',
     'record': 'legal_status_period_key', 'fact': 'fct_mha_episode', 'records_in_fact': 'count(*)'},
    {'feed': 'mhsds', 'table': 'mhs501_hospital_spell', 'staged': 'stg_mhsds__mhs501_hospital_spell',
     'record': 'hospital_spell_key', 'fact': 'fct_hospital_spell', 'records_in_fact': 'count(*)'},
    {'feed': 'mhsds', 'table': 'mhs502_ward_stay', 'staged': 'stg_mhsds__mhs502_ward_stay',
     'record': 'ward_stay_key', 'fact': 'fct_ward_stay', 'records_in_fact': 'count(*)'},
    {'feed': 'mhsds', 'table': 'mhs515_restrictive_type', 'staged': 'stg_mhsds__mhs515_restrictive_type',
     'record': 'restrictive_type_key', 'fact': 'fct_restrictive_intervention', 'records_in_fact': 'count(*)'},
] -%}
with receipt as (
    select
        feed,
        table_name,
        period,
        source_organisation_code,
        is_refused,
        rows_read,
        rows_kept,
        rows_quarantined,
        rows_duplicate
    from {{ ref('stg_lake__receipt') }}
),

of_file as (
    {%- for outcome in ['kept', 'quarantined', 'duplicate'] %}
    select
        feed,
        table_name,
        period,
        source_organisation_code,
        'file' as stage,
        '{{ outcome }}' as outcome,
        cast(sum(rows_{{ outcome }}) as bigint) as row_count
    from receipt
    where not is_refused
    group by feed, table_name, period, source_organisation_code
    union all
    {%- endfor %}
    select
        feed,
        table_name,
        period,
        source_organisation_code,
        'file' as stage,
        'refused' as outcome,
        cast(sum(rows_read) as bigint) as row_count
    from receipt
    where is_refused
    group by feed, table_name, period, source_organisation_code
),

{% for each in facts -%}
staged_{{ each.table }} as (
    select
        source_organisation_code,
        count(*) as staged_rows,
        count(distinct {{ each.record }}) as records
    from {{ ref(each.staged) }}
    group by source_organisation_code
),

fact_{{ each.table }} as (
    select
        source_organisation_code,
        {{ each.records_in_fact }} as records
    from {{ ref(each.fact) }}
    group by source_organisation_code
),

{% endfor -%}

in_core as (
    {%- for each in facts %}
    select
        '{{ each.feed }}' as feed,
        '{{ each.table }}' as table_name,
        staged.source_organisation_code,
        cast(staged.staged_rows - staged.records as bigint) as earlier_version,
        cast(staged.records - coalesce(fact.records, 0) as bigint) as left_out,
        cast(coalesce(fact.records, 0) as bigint) as counted
    from staged_{{ each.table }} as staged
    left join fact_{{ each.table }} as fact on fact.source_organisation_code = staged.source_organisation_code
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

of_lake as (
    {%- for outcome in ['earlier_version', 'left_out', 'counted'] %}
    select
        feed,
        table_name,
        'all' as period,
        source_organisation_code,
        'lake' as stage,
        '{{ outcome }}' as outcome,
        {{ outcome }} as row_count
    from in_core
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select feed, table_name, period, source_organisation_code, stage, outcome, row_count
from of_file
union all
select feed, table_name, period, source_organisation_code, stage, outcome, row_count
from of_lake
