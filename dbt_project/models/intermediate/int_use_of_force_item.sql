{#- Each item of reference.ref_use_of_force_item: when a record holds it, and when a file of the record asks for it. -#}
{%- set items = {
    'reason': ['has_reason', 'true'],
    'place_date_duration': ['has_location and has_duration', 'true'],
    'type_of_force': ['has_type', 'true'],
    'care_plan': ['has_care_plan', 'asks_care_plan'],
    'patient_name': ['has_patient_name', 'asks_patient_name'],
    'description': ['has_description', 'asks_description'],
    'patient_identifier': ['has_patient_identifier', 'asks_patient'],
    'staff': ['has_staff', 'asks_staff'],
    'non_staff': ['has_non_staff', 'asks_non_staff'],
    'mental_disorder': ['has_mental_disorder', 'asks_mental_disorder'],
    'relevant_characteristics': ['has_relevant_characteristics', 'asks_patient'],
    'learning_disability': ['has_learning_disability', 'asks_learning_disability'],
    'outcome': ['has_outcome', 'asks_outcome'],
    'death_or_injury': ['has_death_or_injury', 'asks_death_or_injury'],
    'efforts_to_avoid': ['has_efforts_to_avoid', 'asks_efforts_to_avoid'],
    'notification': ['has_notification', 'asks_notification'],
} -%}
{%- set noted = {
    'care_plan': 'has_care_plan_answer', 'mental_disorder': 'has_mental_disorder_text',
    'learning_disability': 'has_disability_answer', 'outcome': 'has_outcome', 'death_or_injury': 'has_injury_answer',
    'efforts_to_avoid': 'has_prior_interventions', 'notification': 'has_notification_answer',
} -%}
with incident as (
    select
        incident_key,
        source_organisation_code,
        organisation_code,
        unit_code,
        month,
        {{ month_start('incident_date') }} as incident_month,
        has_location,
        coalesce(has_description_text, false) as has_description,
        has_description_text is not null as asks_description
    from {{ ref('int_incident') }}
    where not is_rejected
),

incident_code as (
    select source, raw_value, incident_code
    from {{ ref('ref_incident_code') }}
),

-- Episodes come with the version that counts: those that only an earlier submission told of are gone.
episode as (
    select
        told.incident_key,
        told.commenced_time is not null and told.concluded_time is not null as has_duration,
        reason_code.incident_code is not null as has_reason,
        coalesce(told.has_force_type, false)
        or position_code.incident_code is not null
        or coalesce(seclusion_code.incident_code = 'Y', false) as has_type,
        coalesce(told.has_staff_name and told.has_staff_job_title, false) as has_staff,
        told.has_staff_name is not null and told.has_staff_job_title is not null as asks_staff,
        coalesce(non_staff_code.incident_code = 'N', false)
        or coalesce(told.has_non_staff_reason, false) as has_non_staff,
        non_staff_code.incident_code is not null or told.has_non_staff_reason is not null as asks_non_staff,
        {%- for item, column in noted.items() %}
        coalesce(told.{{ column }}, false) as has_{{ item }},
        told.{{ column }} is not null as asks_{{ item }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('stg_incidents__incident_restraint') }} as told
    inner join incident
        on
            incident.incident_key = told.incident_key
            and incident.source_organisation_code = told.source_organisation_code
            and incident.month = told.month
    left join incident_code as reason_code
        on reason_code.source = 'restraint_reason' and reason_code.raw_value = {{ squeeze('told.reason') }}
    left join incident_code as position_code
        on position_code.source = 'restraint_position' and position_code.raw_value = {{ squeeze('told.position') }}
    left join incident_code as seclusion_code
        on seclusion_code.source = 'yes_no' and seclusion_code.raw_value = {{ squeeze('told.seclusion') }}
    left join incident_code as non_staff_code
        on non_staff_code.source = 'yes_no' and non_staff_code.raw_value = {{ squeeze('told.non_staff_involved') }}
),

-- A record holds an item when it is told of every episode.
restraint as (
    select
        incident_key,
        {%- for column in ['duration', 'reason', 'type', 'staff', 'non_staff'] + noted.keys() | list %}
        min(case when has_{{ column }} then 1 else 0 end) = 1 as has_{{ column }},
        {%- endfor %}
        {%- for column in ['staff', 'non_staff'] + noted.keys() | list %}
        max(case when asks_{{ column }} then 1 else 0 end) = 1 as asks_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from episode
    group by incident_key
),

ethnicity as (
    select raw_value, recording_status
    from {{ ref('int_ethnicity_value') }}
    where source = 'incidents'
),

-- The patient: whoever is named as affected, else in another role; of several the first that was recorded.
patient as (
    select
        contact.incident_key,
        coalesce(contact.has_forenames and contact.has_surname, false) as has_patient_name,
        contact.has_forenames is not null and contact.has_surname is not null as asks_patient_name,
        contact.person_key is not null as has_patient_identifier,
        ethnicity.recording_status = 'valid'
        and contact.sex_code != 'unknown'
        and contact.birth_month is not null as has_relevant_characteristics,
        row_number() over (
            partition by contact.incident_key
            order by
                case when contact.contact_role = 'AFFECT' then 0 else 1 end asc nulls last,
                contact.contact_number asc nulls last
        ) as contact_order
    from {{ ref('int_incident_contact') }} as contact
    inner join ethnicity on ethnicity.raw_value is not distinct from contact.ethnic_origin
    where contact.contact_type = 'PAT'
),

record as (
    select
        incident.incident_key,
        incident.organisation_code,
        incident.unit_code,
        incident.incident_month,
        incident.has_location,
        incident.has_description,
        incident.asks_description,
        coalesce(patient.has_patient_name, false) as has_patient_name,
        coalesce(patient.asks_patient_name, false) as asks_patient_name,
        coalesce(patient.has_patient_identifier, false) as has_patient_identifier,
        coalesce(patient.has_relevant_characteristics, false) as has_relevant_characteristics,
        patient.incident_key is not null as asks_patient,
        {%- for column in ['duration', 'reason', 'type', 'staff', 'non_staff'] + noted.keys() | list %}
        restraint.has_{{ column }},
        {%- endfor %}
        {%- for column in ['staff', 'non_staff'] + noted.keys() | list %}
        restraint.asks_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from incident
    inner join restraint on restraint.incident_key = incident.incident_key
    left join patient on patient.incident_key = incident.incident_key and patient.contact_order = 1
),

item as (
    select item_code
    from {{ ref('ref_use_of_force_item') }}
)

select
    record.incident_key,
    record.organisation_code,
    record.unit_code,
    record.incident_month,
    item.item_code,
    case item.item_code
        {%- for name, judged in items.items() %}
        when '{{ name }}' then {{ judged[0] }}
        {%- endfor %}
    end as is_complete,
    case item.item_code
        {%- for name, judged in items.items() %}
        when '{{ name }}' then {{ judged[1] }}
        {%- endfor %}
    end as is_collected
from record
cross join item
