{%- set coded = {
    'incident_type': 'incident_type', 'race_hate': 'hate_incident_race', 'perpetrator': 'perpetrator',
    'approval': 'approval_status',
} -%}
with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

versioned as (
    select
        incident_key,
        source_organisation_code,
        month,
        incident_date,
        incident_type,
        category,
        subcategory,
        severity,
        unit,
        location,
        hate_incident_race,
        perpetrator,
        approval_status,
        count(*) over (partition by incident_key) as version_count,
        row_number() over (
            partition by incident_key
            order by
                updated_at desc nulls last,
                month desc nulls last,
                file_row_number desc nulls last,
                receipt_id asc nulls last
        ) as version_rank
    from {{ ref('stg_incidents__incident') }}
),

incident_code as (
    select source, raw_value, incident_code
    from {{ ref('ref_incident_code') }}
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'incidents'
),

latest as (
    select
        versioned.incident_key,
        versioned.source_organisation_code,
        organisation.organisation_code,
        versioned.month,
        versioned.incident_date,
        coalesce(incident_type.incident_code, 'UNKNOWN') as incident_type,
        versioned.category,
        versioned.subcategory,
        versioned.severity,
        coalesce(race_hate.incident_code = 'Y', false) as is_ticked_racist,
        case
            when versioned.perpetrator is not null then coalesce(perpetrator.incident_code, 'UNKNOWN')
        end as perpetrator,
        coalesce(approval.incident_code = 'REJECT', false) as is_rejected,
        versioned.version_count,
        {{ squeeze('versioned.location') }} as location_name,
        {{ squeeze('versioned.unit') }} as unit_name
    from versioned
    inner join organisation on organisation.source_organisation_code = versioned.source_organisation_code
    {%- for field, column in coded.items() %}
    left join incident_code as {{ field }}
        on {{ field }}.source = '{{ field }}' and {{ field }}.raw_value = {{ squeeze('versioned.' ~ column) }}
    {%- endfor %}
    where versioned.version_rank = 1
)

select
    latest.incident_key,
    latest.source_organisation_code,
    latest.organisation_code,
    coalesce(by_location.unit_code, by_unit.unit_code, 'UNKNOWN') as unit_code,
    latest.month,
    latest.incident_date,
    latest.incident_type,
    latest.category,
    latest.subcategory,
    latest.severity,
    latest.is_ticked_racist,
    latest.perpetrator,
    latest.is_rejected,
    latest.version_count
from latest
left join unit_name as by_location
    on
        by_location.organisation_code = latest.organisation_code
        and by_location.system_name = latest.location_name
        and latest.incident_date between by_location.valid_from and by_location.valid_to
left join unit_name as by_unit
    on
        by_unit.organisation_code = latest.organisation_code
        and by_unit.system_name = latest.unit_name
        and latest.incident_date between by_unit.valid_from and by_unit.valid_to
