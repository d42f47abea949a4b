with submission as (
    select source_organisation_code, month, organisation_code, reporting_month, submitted_at
    from {{ ref('int_mhsds_submission') }}
),

patient_month as (
    select
        patient.local_patient_key,
        submission.reporting_month as month,
        patient.source_organisation_code,
        submission.organisation_code,
        patient.birth_month,
        patient.gender_identity_code,
        patient.sex_code as stated_gender_code,
        patient.residence_area_code,
        patient.residence_lsoa_code,
        patient.ethnic_category,
        row_number() over (
            partition by patient.local_patient_key, submission.reporting_month
            order by
                submission.submitted_at desc nulls last,
                patient.file_row_number desc nulls last,
                patient.receipt_id asc nulls last
        ) as version_rank
    from {{ ref('stg_mhsds__mhs001_mpi') }} as patient
    inner join submission
        on
            submission.source_organisation_code = patient.source_organisation_code
            and submission.month = patient.month
),

patient_key as (
    select local_patient_key, person_key
    from {{ ref('int_patient_key') }}
),

sex as (
    select source, raw_value, sex_code
    from {{ ref('ref_sex') }}
),

known as (
    select
        patient_month.local_patient_key,
        patient_month.month,
        patient_month.source_organisation_code,
        patient_month.organisation_code,
        patient_key.person_key,
        patient_month.birth_month,
        coalesce(identity_sex.sex_code, stated_sex.sex_code, 'unknown') as sex_code,
        patient_month.residence_area_code,
        patient_month.residence_lsoa_code,
        patient_month.ethnic_category,
        row_number() over (
            partition by patient_month.local_patient_key order by patient_month.month desc nulls last
        ) as recency
    from patient_month
    inner join patient_key on patient_key.local_patient_key = patient_month.local_patient_key
    left join sex as identity_sex
        on identity_sex.source = 'mhsds_identity' and identity_sex.raw_value = patient_month.gender_identity_code
    left join sex as stated_sex
        on stated_sex.source = 'mhsds' and stated_sex.raw_value = patient_month.stated_gender_code
    where patient_month.version_rank = 1
)

select
    local_patient_key,
    month,
    source_organisation_code,
    organisation_code,
    person_key,
    birth_month,
    sex_code,
    residence_area_code,
    residence_lsoa_code,
    ethnic_category,
    recency = 1 as is_latest
from known
