{%- set coded = {'contact_role': 'contact_role', 'contact_type': 'contact_type'} -%}
with contact as (
    select
        incident_key,
        contact_number,
        source_organisation_code,
        month,
        contact_role,
        contact_type,
        person_key,
        staff_key,
        has_forenames,
        has_surname,
        birth_month,
        sex_code,
        ethnic_origin
    from {{ ref('stg_incidents__incident_contact') }}
),

incident as (
    select incident_key, source_organisation_code, month
    from {{ ref('int_incident') }}
),

sex as (
    select raw_value, sex_code
    from {{ ref('ref_sex') }}
    where source = 'incidents'
),

incident_code as (
    select source, raw_value, incident_code
    from {{ ref('ref_incident_code') }}
)

select
    contact.incident_key,
    contact.contact_number,
    contact.source_organisation_code,
    contact.month,
    {%- for field in coded %}
    coalesce({{ field }}_code.incident_code, 'UNKNOWN') as {{ field }},
    {%- endfor %}
    contact.person_key,
    contact.staff_key,
    contact.has_forenames,
    contact.has_surname,
    contact.birth_month,
    coalesce(sex.sex_code, 'unknown') as sex_code,
    contact.ethnic_origin
from contact
inner join incident
    on
        incident.incident_key = contact.incident_key
        and incident.source_organisation_code = contact.source_organisation_code
        and incident.month = contact.month
{%- for field, source in coded.items() %}
left join incident_code as {{ field }}_code
    on {{ field }}_code.source = '{{ source }}' and {{ field }}_code.raw_value = {{ squeeze('contact.' ~ field) }}
{%- endfor %}
left join sex on sex.raw_value = {{ squeeze('contact.sex_code') }}
