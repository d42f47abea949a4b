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
        ethnic_origin,
        row_number() over (
            partition by incident_key, contact_number
            order by month desc nulls last, file_row_number desc nulls last, receipt_id asc nulls last
        ) as version_rank
    from {{ ref('stg_incidents__incident_contact') }}
),

sex as (
    select raw_value, sex_code
    from {{ ref('ref_sex') }}
    where source = 'incidents'
)

select
    contact.incident_key,
    contact.contact_number,
    contact.source_organisation_code,
    contact.month,
    contact.contact_role,
    contact.contact_type,
    contact.person_key,
    contact.staff_key,
    contact.birth_month,
    coalesce(sex.sex_code, 'unknown') as sex_code,
    contact.ethnic_origin
from contact
left join sex on sex.raw_value = {{ squeeze('contact.sex_code') }}
where contact.version_rank = 1
