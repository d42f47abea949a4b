{{ config(materialized='view') }}
with ethnicity as (
    select source, raw_value, code_2001, code_2021, recording_status, is_mapped
    from {{ ref('int_ethnicity_value') }}
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'mhsds'
),

patient as (
    select
        local_patient_key,
        month,
        {{ month_end('month') }} as month_end,
        source_organisation_code,
        organisation_code,
        person_key,
        ethnic_category
    from {{ ref('int_mhsds_patient') }}
),

-- Whom to ask: the ward of the patient's last stay in the month, else the team of the last referral received by then.
ward_of_patient as (
    select
        patient.local_patient_key,
        patient.month,
        stay.ward_name as system_name,
        row_number() over (
            partition by patient.local_patient_key, patient.month
            order by stay.start_date desc nulls last, stay.ward_stay_key asc nulls last
        ) as recency
    from patient
    inner join {{ ref('int_ward_stay') }} as stay
        on
            stay.local_patient_key = patient.local_patient_key
            and stay.start_date <= patient.month_end
            and stay.known_until >= patient.month
),

team_of_patient as (
    select
        patient.local_patient_key,
        patient.month,
        {{ squeeze('referral.team_code') }} as system_name,
        row_number() over (
            partition by patient.local_patient_key, patient.month
            order by referral.referral_date desc nulls last, referral.service_request_key asc nulls last
        ) as recency
    from patient
    inner join {{ ref('int_mhsds_referral') }} as referral
        on
            referral.local_patient_key = patient.local_patient_key
            and referral.referral_date <= patient.month_end
            and referral.last_month >= patient.month
),

patient_record as (
    select
        'mhsds' as source,
        'ethnic_category' as field,
        patient.source_organisation_code,
        patient.organisation_code,
        patient.month,
        coalesce(ward_unit.unit_code, team_unit.unit_code, 'UNKNOWN') as unit_code,
        'patient' as subject,
        patient.person_key as subject_key,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        patient.month as recorded_month
    from patient
    left join ethnicity
        on ethnicity.source = 'mhsds' and ethnicity.raw_value is not distinct from patient.ethnic_category
    left join ward_of_patient as ward
        on ward.local_patient_key = patient.local_patient_key and ward.month = patient.month and ward.recency = 1
    left join unit_name as ward_unit
        on
            ward_unit.organisation_code = patient.organisation_code
            and ward_unit.system_name = ward.system_name
            and patient.month_end between ward_unit.valid_from and ward_unit.valid_to
    left join team_of_patient as team
        on team.local_patient_key = patient.local_patient_key and team.month = patient.month and team.recency = 1
    left join unit_name as team_unit
        on
            team_unit.organisation_code = patient.organisation_code
            and team_unit.system_name = team.system_name
            and patient.month_end between team_unit.valid_from and team_unit.valid_to
),

staff_record as (
    select
        'staff_record' as source,
        'ethnic_origin' as field,
        source_organisation_code,
        organisation_code,
        month,
        unit_code,
        'staff' as subject,
        staff_key as subject_key,
        code_2001,
        code_2021,
        recording_status,
        month as recorded_month
    from {{ ref('int_staff_assignment') }}
    where is_counted
),

contact_record as (
    select
        'incidents' as source,
        'ethnic_origin' as field,
        contact.source_organisation_code,
        incident.organisation_code,
        {{ month_start('incident.incident_date') }} as month,
        incident.unit_code,
        case contact.contact_type when 'PAT' then 'patient' when 'STAFF' then 'staff' else 'visitor' end as subject,
        case contact.contact_type when 'PAT' then contact.person_key when 'STAFF' then contact.staff_key end
            as subject_key,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        contact.month as recorded_month
    from {{ ref('int_incident_contact') }} as contact
    inner join {{ ref('int_incident') }} as incident
        on incident.incident_key = contact.incident_key and not incident.is_rejected
    left join ethnicity
        on ethnicity.source = 'incidents' and ethnicity.raw_value is not distinct from contact.ethnic_origin
),

record as (
    select
        source, field, source_organisation_code, organisation_code, month, unit_code, subject, subject_key,
        code_2001, code_2021, recording_status, recorded_month
    from staff_record
    union all
    select
        source, field, source_organisation_code, organisation_code, month, unit_code, subject, subject_key,
        code_2001, code_2021, recording_status, recorded_month
    from patient_record
    union all
    select
        source, field, source_organisation_code, organisation_code, month, unit_code, subject, subject_key,
        code_2001, code_2021, recording_status, recorded_month
    from contact_record
)

select
    source,
    field,
    source_organisation_code,
    organisation_code,
    month,
    unit_code,
    subject,
    subject_key,
    code_2001,
    code_2021,
    recording_status,
    recorded_month
from record
