with incident as (
    select
        incident_key,
        source_organisation_code,
        organisation_code,
        unit_code,
        month,
        incident_date,
        incident_type,
        category,
        subcategory,
        severity,
        is_ticked_racist,
        perpetrator,
        version_count
    from {{ ref('int_incident') }}
    where not is_rejected
),

racist_subcategory as (
    select subcategory
    from {{ ref('ref_incident_subcategory') }}
    where is_racist
),

-- The person affected; of several the first that was recorded.
affected as (
    select
        incident_key,
        contact_type,
        person_key,
        staff_key,
        row_number() over (
            partition by incident_key, contact_type order by contact_number asc nulls last
        ) as contact_order
    from {{ ref('int_incident_contact') }}
    where
        contact_role = 'AFFECT'
        and (
            (contact_type = 'PAT' and person_key is not null)
            or (contact_type = 'STAFF' and staff_key is not null)
        )
),

-- Episodes come with the version that counts: those that only an earlier submission told of are gone.
restraint as (
    select
        episode.incident_key,
        count(distinct episode.episode_number) as restraint_episode_count
    from {{ ref('stg_incidents__incident_restraint') }} as episode
    inner join incident
        on
            incident.incident_key = episode.incident_key
            and incident.source_organisation_code = episode.source_organisation_code
            and incident.month = episode.month
    group by episode.incident_key
)

select
    incident.incident_key,
    incident.organisation_code,
    incident.source_organisation_code,
    incident.unit_code,
    incident.incident_date,
    {{ month_start('incident.incident_date') }} as incident_month,
    incident.incident_type,
    incident.category,
    incident.subcategory,
    incident.severity,
    incident.is_ticked_racist or racist_subcategory.subcategory is not null as is_racist,
    incident.perpetrator,
    incident.version_count,
    affected_patient.person_key,
    affected_staff.staff_key,
    coalesce(restraint.restraint_episode_count, 0) as restraint_episode_count
from incident
left join racist_subcategory on racist_subcategory.subcategory = incident.subcategory
left join affected as affected_patient
    on
        affected_patient.incident_key = incident.incident_key
        and affected_patient.contact_type = 'PAT'
        and affected_patient.contact_order = 1
left join affected as affected_staff
    on
        affected_staff.incident_key = incident.incident_key
        and affected_staff.contact_type = 'STAFF'
        and affected_staff.contact_order = 1
left join restraint on restraint.incident_key = incident.incident_key
