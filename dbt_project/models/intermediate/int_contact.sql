with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

patient_key as (
    select local_patient_key, person_key
    from {{ ref('int_patient_key') }}
),

-- Two spellings of a team's name are one team.
contact as (
    select
        local_patient_key,
        source_organisation_code,
        month,
        coalesce({{ squeeze('team_name') }}, 'UNKNOWN') as team_name,
        coalesce(lower({{ squeeze('service_line') }}), 'unknown') as service_line,
        min(first_contact_date) as first_contact_date,
        cast(sum(contact_count) as bigint) as contact_count
    from {{ ref('stg_contacts__contact') }}
    where month is not null
    group by
        local_patient_key,
        source_organisation_code,
        month,
        coalesce({{ squeeze('team_name') }}, 'UNKNOWN'),
        coalesce(lower({{ squeeze('service_line') }}), 'unknown')
),

{{ unit_of_month_ctes('epr', 'contact') }}

select
    contact.local_patient_key,
    patient_key.person_key,
    contact.source_organisation_code,
    organisation.organisation_code,
    contact.month,
    contact.team_name,
    coalesce(unit_of_month.unit_code, 'UNKNOWN') as unit_code,
    contact.service_line,
    contact.first_contact_date,
    contact.contact_count
from contact
inner join organisation on organisation.source_organisation_code = contact.source_organisation_code
inner join patient_key on patient_key.local_patient_key = contact.local_patient_key
left join unit_of_month
    on
        unit_of_month.organisation_code = organisation.organisation_code
        and unit_of_month.system_name = contact.team_name
        and unit_of_month.month = contact.month
