with referral as (
    {{ latest_version(
        ref('stg_mhsds__mhs101_referral'),
        ['service_request_key'],
        ['local_patient_key', 'referral_date', 'discharge_date', 'team_code'],
        submission=ref('int_mhsds_submission')
    ) }}
)

select
    service_request_key,
    local_patient_key,
    source_organisation_code,
    organisation_code,
    referral_date,
    discharge_date,
    team_code,
    first_month,
    last_month,
    version_count
from referral
