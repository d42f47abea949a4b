{%- set coded = {
    'incident_type': 'incident_type', 'category': 'category', 'severity': 'severity', 'perpetrator': 'perpetrator',
    'hate_incident_race': 'yes_no', 'approval_status': 'approval',
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
        has_description_text,
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

subcategory_code as (
    select subcategory
    from {{ ref('ref_incident_subcategory') }}
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
        {%- for field in ['incident_type', 'category', 'severity', 'perpetrator'] %}
        case
            when versioned.{{ field }} is not null then coalesce({{ field }}_code.incident_code, 'UNKNOWN')
        end as {{ field }},
        {%- endfor %}
        case
            when versioned.subcategory is not null then coalesce(subcategory_code.subcategory, 'UNKNOWN')
        end as subcategory,
        coalesce(hate_incident_race_code.incident_code = 'Y', false) as is_ticked_racist,
        coalesce(approval_status_code.incident_code = 'REJECT', false) as is_rejected,
        versioned.version_count,
        versioned.has_description_text,
        {{ squeeze('versioned.location') }} as location_name,
        {{ squeeze('versioned.unit') }} as unit_name
    from versioned
    inner join organisation on organisation.source_organisation_code = versioned.source_organisation_code
    {%- for field, source in coded.items() %}
    left join incident_code as {{ field }}_code
        on
            {{ field }}_code.source = '{{ source }}'
            and {{ field }}_code.raw_value = {{ squeeze('versioned.' ~ field) }}
    {%- endfor %}
    left join subcategory_code on subcategory_code.subcategory = {{ squeeze('versioned.subcategory') }}
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
    latest.version_count,
    latest.location_name is not null as has_location,
    latest.has_description_text
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
