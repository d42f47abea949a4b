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
    coalesce(role.incident_code, 'UNKNOWN') as contact_role,
    coalesce(type.incident_code, 'UNKNOWN') as contact_type,
    contact.person_key,
    contact.staff_key,
    contact.birth_month,
    coalesce(sex.sex_code, 'unknown') as sex_code,
    contact.ethnic_origin
from contact
inner join incident
    on
        incident.incident_key = contact.incident_key
        and incident.source_organisation_code = contact.source_organisation_code
        and incident.month = contact.month
left join incident_code as role
    on role.source = 'contact_role' and role.raw_value = {{ squeeze('contact.contact_role') }}
left join incident_code as type
    on type.source = 'contact_type' and type.raw_value = {{ squeeze('contact.contact_type') }}
left join sex on sex.raw_value = {{ squeeze('contact.sex_code') }}
