with patient as (
    select
        local_patient_key,
        month,
        {{ month_end('month') }} as month_end,
        organisation_code
    from {{ ref('int_mhsds_patient') }}
),

{{ unit_of_month_ctes('mhsds', 'patient') }},

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
)

-- Whom to ask: the ward of the patient's last stay in the month, else the team of the last referral received by then.
select
    patient.local_patient_key,
    patient.month,
    coalesce(ward_unit.unit_code, team_unit.unit_code, 'UNKNOWN') as unit_code
from patient
left join ward_of_patient as ward
    on ward.local_patient_key = patient.local_patient_key and ward.month = patient.month and ward.recency = 1
left join unit_of_month as ward_unit
    on
        ward_unit.organisation_code = patient.organisation_code
        and ward_unit.system_name = ward.system_name
        and ward_unit.month = patient.month
left join team_of_patient as team
    on team.local_patient_key = patient.local_patient_key and team.month = patient.month and team.recency = 1
left join unit_of_month as team_unit
    on
        team_unit.organisation_code = patient.organisation_code
        and team_unit.system_name = team.system_name
        and team_unit.month = patient.month
