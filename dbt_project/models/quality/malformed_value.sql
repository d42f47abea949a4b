{%- set ethnicity_columns = [
    ('esr', 'stg_staff_record__staff_record', 'ethnic_origin', 'Ethnic Origin'),
    ('mhsds', 'stg_mhsds__mhs001_mpi', 'ethnic_category', 'EthnicCategory'),
    ('epr', 'stg_patient_ethnicity__patient_ethnicity', 'ethnic_category', 'EthnicCategory'),
    ('incidents', 'stg_incidents__incident_contact', 'ethnic_origin', 'con_ethnicity'),
] -%}
with finding as (
    select receipt_id, feed, source_organisation_code, period, column_name, rule, effect, finding_count
    from {{ ref('stg_lake__finding') }}
    where
        not is_refused
        and rule <> 'vocabulary'
        and (
            effect in ('value', 'row')
            or rule in ('postcode_unknown', 'no_postcode_directory', 'orphans', 'error_cells')
        )
),

-- Every finding of a file, column and rule carries their whole number.
per_file as (
    select
        receipt_id,
        feed,
        source_organisation_code,
        period,
        column_name,
        rule,
        effect,
        max(finding_count) as record_count
    from finding
    group by receipt_id, feed, source_organisation_code, period, column_name, rule, effect
),

known_invalid as (
    select source, raw_value
    from {{ ref('int_ethnicity_value') }}
    where is_mapped and recording_status = 'invalid'
),

-- Ingest knows that the map has a value, not what the map says of it: only the models do.
invalid_per_file as (
    {% for source, model, column, header in ethnicity_columns -%}
    select
        record.receipt_id,
        '{{ header }}' as column_name,
        count(*) as record_count
    from {{ ref(model) }} as record
    inner join known_invalid
        on known_invalid.source = '{{ source }}' and known_invalid.raw_value = record.{{ column }}
    group by record.receipt_id
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor -%}
),

unread as (
    select feed, source_organisation_code, period, column_name, rule, effect, record_count
    from per_file
    union all
    select
        receipt.feed,
        receipt.source_organisation_code,
        receipt.period,
        invalid_per_file.column_name,
        'known_invalid' as rule,
        'note' as effect,
        invalid_per_file.record_count
    from invalid_per_file
    inner join {{ ref('stg_lake__receipt') }} as receipt
        on receipt.receipt_id = invalid_per_file.receipt_id and not receipt.is_refused
),

placed as (
    select
        feed,
        source_organisation_code,
        period,
        rule,
        effect,
        record_count,
        coalesce(column_name, case when rule = 'error_cells' then 'whole_file' else 'whole_row' end) as field
    from unread
)

select
    feed as source,
    field,
    source_organisation_code,
    period,
    rule,
    effect,
    {{ month_from_text('period') }} as month,
    cast(sum(record_count) as bigint) as record_count
from placed
group by feed, field, source_organisation_code, period, rule, effect
