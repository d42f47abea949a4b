with patient as (
    select
        person_key,
        sex_code,
        birth_month,
        residence_area_code,
        residence_lsoa_code,
        row_number() over (
            partition by person_key
            order by month desc nulls last, source_organisation_code asc nulls last, local_patient_key asc nulls last
        ) as recency
    from {{ ref('int_mhsds_patient') }}
    where is_latest
),

contact as (
    select
        person_key,
        sex_code,
        birth_month,
        row_number() over (
            partition by person_key
            order by month desc nulls last, incident_key asc nulls last, contact_number asc nulls last
        ) as recency
    from {{ ref('int_incident_contact') }}
    where contact_type = 'PAT' and person_key is not null
),

-- Spells, legal status periods, the patient record and contacts may name patients whose own record was never accepted.
mentioned as (
    select person_key
    from {{ ref('int_hospital_spell') }}
    where person_key is not null
    union
    select person_key
    from {{ ref('int_mha_period') }}
    union
    select person_key
    from {{ ref('int_epr_ethnicity') }}
    union
    select person_key
    from {{ ref('int_contact') }}
    union
    select person_key
    from contact
    union
    select person_key
    from patient
),

ethnicity as (
    select
        subject_key,
        ethnicity_code_2001,
        ethnicity_code_2021,
        recording_status,
        ethnicity_source,
        ethnicity_method,
        usable_record_count,
        distinct_usable_count,
        has_conflict
    from {{ ref('int_preferred_ethnicity') }}
    where subject = 'patient'
)

select
    mentioned.person_key,
    coalesce(patient.sex_code, contact.sex_code, 'unknown') as sex_code,
    coalesce(patient.birth_month, contact.birth_month) as birth_month,
    patient.residence_area_code,
    patient.residence_lsoa_code,
    coalesce(ethnicity.ethnicity_code_2001, 'missing') as ethnicity_code_2001,
    coalesce(ethnicity.ethnicity_code_2021, 'missing') as ethnicity_code_2021,
    coalesce(ethnicity.recording_status, 'missing') as recording_status,
    ethnicity.ethnicity_source,
    ethnicity.ethnicity_method,
    coalesce(ethnicity.usable_record_count, 0) as usable_record_count,
    coalesce(ethnicity.distinct_usable_count, 0) as distinct_usable_count,
    coalesce(ethnicity.has_conflict, false) as has_conflict
from mentioned
left join patient on patient.person_key = mentioned.person_key and patient.recency = 1
left join contact on contact.person_key = mentioned.person_key and contact.recency = 1
left join ethnicity on ethnicity.subject_key = mentioned.person_key
