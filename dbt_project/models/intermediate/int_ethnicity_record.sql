{{ config(materialized='view') }}
with ethnicity as (
    select source, raw_value, code_2001, code_2021, recording_status, has_lost_detail, national_status
    from {{ ref('int_ethnicity_value') }}
),

patient_record as (
    select
        'mhsds' as source,
        'mhsds' as system,
        cast(null as {{ dbt.type_string() }}) as method,
        'ethnic_category' as field,
        patient.source_organisation_code,
        patient.organisation_code,
        patient.month,
        cast(null as {{ dbt.type_string() }}) as unit_code,
        patient.local_patient_key,
        'patient' as subject,
        patient.person_key as subject_key,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        patient.month as recorded_date,
        ethnicity.has_lost_detail,
        ethnicity.national_status,
        cast(null as {{ dbt.type_string() }}) as contact_sex_code,
        cast(null as {{ dbt.type_string() }}) as contact_birth_month
    from {{ ref('int_mhsds_patient') }} as patient
    left join ethnicity
        on ethnicity.source = 'mhsds' and ethnicity.raw_value is not distinct from patient.ethnic_category
),

staff_record as (
    select
        'staff_record' as source,
        'staff_record' as system,
        cast(null as {{ dbt.type_string() }}) as method,
        'ethnic_origin' as field,
        source_organisation_code,
        organisation_code,
        month,
        unit_code,
        cast(null as {{ dbt.type_string() }}) as local_patient_key,
        'staff' as subject,
        staff_key as subject_key,
        code_2001,
        code_2021,
        recording_status,
        month as recorded_date,
        has_lost_detail,
        cast(null as {{ dbt.type_string() }}) as national_status,
        cast(null as {{ dbt.type_string() }}) as contact_sex_code,
        cast(null as {{ dbt.type_string() }}) as contact_birth_month
    from {{ ref('int_staff_assignment') }}
    where is_counted
),

contact_record as (
    select
        'incidents' as source,
        'incidents' as system,
        cast(null as {{ dbt.type_string() }}) as method,
        'ethnic_origin' as field,
        contact.source_organisation_code,
        incident.organisation_code,
        {{ month_start('incident.incident_date') }} as month,
        incident.unit_code,
        cast(null as {{ dbt.type_string() }}) as local_patient_key,
        case contact.contact_type
            when 'PAT' then 'patient' when 'STAFF' then 'staff' when 'VIS' then 'visitor' else 'unknown'
        end as subject,
        case contact.contact_type when 'PAT' then contact.person_key when 'STAFF' then contact.staff_key end
            as subject_key,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        contact.month as recorded_date,
        ethnicity.has_lost_detail,
        cast(null as {{ dbt.type_string() }}) as national_status,
        contact.sex_code as contact_sex_code,
        contact.birth_month as contact_birth_month
    from {{ ref('int_incident_contact') }} as contact
    inner join {{ ref('int_incident') }} as incident
        on incident.incident_key = contact.incident_key and not incident.is_rejected
    left join ethnicity
        on ethnicity.source = 'incidents' and ethnicity.raw_value is not distinct from contact.ethnic_origin
),

epr_record as (
    select
        'patient_ethnicity' as source,
        system,
        method,
        'ethnic_category' as field,
        source_organisation_code,
        organisation_code,
        {{ month_start('recorded_date') }} as month,
        unit_code,
        local_patient_key,
        'patient' as subject,
        person_key as subject_key,
        code_2001,
        code_2021,
        recording_status,
        recorded_date,
        has_lost_detail,
        cast(null as {{ dbt.type_string() }}) as national_status,
        cast(null as {{ dbt.type_string() }}) as contact_sex_code,
        cast(null as {{ dbt.type_string() }}) as contact_birth_month
    from {{ ref('int_epr_ethnicity') }}
),

record as (
    select
        source, system, method, field, source_organisation_code, organisation_code, month, unit_code,
        local_patient_key, subject, subject_key, code_2001, code_2021, recording_status, recorded_date, has_lost_detail,
        national_status, contact_sex_code, contact_birth_month
    from staff_record
    union all
    select
        source, system, method, field, source_organisation_code, organisation_code, month, unit_code,
        local_patient_key, subject, subject_key, code_2001, code_2021, recording_status, recorded_date, has_lost_detail,
        national_status, contact_sex_code, contact_birth_month
    from patient_record
    union all
    select
        source, system, method, field, source_organisation_code, organisation_code, month, unit_code,
        local_patient_key, subject, subject_key, code_2001, code_2021, recording_status, recorded_date, has_lost_detail,
        national_status, contact_sex_code, contact_birth_month
    from contact_record
    union all
    select
        source, system, method, field, source_organisation_code, organisation_code, month, unit_code,
        local_patient_key, subject, subject_key, code_2001, code_2021, recording_status, recorded_date, has_lost_detail,
        national_status, contact_sex_code, contact_birth_month
    from epr_record
)

select
    source,
    system,
    method,
    field,
    source_organisation_code,
    organisation_code,
    month,
    unit_code,
    local_patient_key,
    subject,
    subject_key,
    code_2001,
    code_2021,
    recording_status,
    recorded_date,
    has_lost_detail,
    national_status,
    contact_sex_code,
    contact_birth_month
from record
