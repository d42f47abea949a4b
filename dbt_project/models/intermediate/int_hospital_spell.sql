with spell as (
    {{ latest_version(
        ref('stg_mhsds__mhs501_hospital_spell'),
        ['hospital_spell_key'],
        [
            'service_request_key', 'start_date', 'start_time', 'discharge_date', 'discharge_time',
            'source_of_admission_code', 'method_of_admission_code'
        ],
        submission=ref('int_mhsds_submission')
    ) }}
),

referral as (
    select service_request_key, local_patient_key
    from {{ ref('int_mhsds_referral') }}
),

patient as (
    select local_patient_key, person_key
    from {{ ref('int_patient_key') }}
)

select
    spell.hospital_spell_key,
    spell.service_request_key,
    referral.local_patient_key,
    coalesce(patient.person_key, {{ lettered_key('L', 'referral.local_patient_key') }}) as person_key,
    spell.source_organisation_code,
    spell.organisation_code,
    spell.start_date,
    spell.start_time,
    spell.discharge_date,
    spell.discharge_time,
    spell.source_of_admission_code,
    spell.method_of_admission_code,
    spell.first_month,
    spell.last_month,
    spell.version_count
from spell
left join referral on referral.service_request_key = spell.service_request_key
left join patient on patient.local_patient_key = referral.local_patient_key
