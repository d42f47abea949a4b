with status as (
    select recording_status, sort_order as status_order
    from {{ ref('ref_ethnicity') }}
    where basis = '2001' and ethnicity_code = recording_status
),

ordered_contact as (
    select
        local_patient_key,
        person_key,
        source_organisation_code,
        organisation_code,
        month,
        unit_code,
        service_line,
        min(first_contact_date) over (partition by local_patient_key, unit_code, month) as first_contact_date,
        row_number() over (
            partition by local_patient_key, unit_code, month
            order by first_contact_date asc nulls last, service_line asc, team_name asc
        ) as contact_order
    from {{ ref('int_contact') }}
),

contact as (
    select
        local_patient_key,
        person_key,
        source_organisation_code,
        organisation_code,
        month,
        unit_code,
        service_line,
        first_contact_date
    from ordered_contact
    where contact_order = 1
),

-- What a patient's record holds does not hang on the team: it is looked up once a month.
patient_month as (
    select distinct
        local_patient_key,
        month,
        {{ month_end('month') }} as month_end
    from contact
),

held as (
    select
        patient_month.local_patient_key,
        patient_month.month,
        record.system,
        record.method,
        record.recorded_date,
        record.code_2001,
        record.code_2021,
        record.recording_status,
        coalesce(status.status_order, 0) as status_order,
        max(case when record.recording_status = 'valid' then record.recorded_date end) over (
            partition by patient_month.local_patient_key, patient_month.month
        ) as last_usable_date
    from patient_month
    inner join {{ ref('int_epr_ethnicity') }} as record
        on
            record.local_patient_key = patient_month.local_patient_key
            and record.recorded_date <= patient_month.month_end
    left join status on status.recording_status = record.recording_status
),

-- A refusal later than every usable code stands; else the latest usable code; else the best that was recorded.
ranked as (
    select
        local_patient_key,
        month,
        recorded_date,
        code_2001,
        code_2021,
        recording_status,
        row_number() over (
            partition by local_patient_key, month
            order by
                case
                    when
                        recording_status = 'not_stated'
                        and (last_usable_date is null or last_usable_date < recorded_date)
                        then 0
                    else 1
                end asc,
                status_order asc,
                recorded_date desc,
                case when method = 'self' then 0 else 1 end asc,
                code_2001 asc nulls last,
                code_2021 asc nulls last,
                system asc,
                method asc nulls last
        ) as preference
    from held
),

decisive as (
    select local_patient_key, month, recorded_date, code_2001, code_2021, recording_status
    from ranked
    where preference = 1
)

select
    contact.local_patient_key,
    contact.person_key,
    contact.source_organisation_code,
    contact.organisation_code,
    contact.month,
    contact.unit_code,
    contact.service_line,
    contact.first_contact_date,
    decisive.code_2001,
    decisive.code_2021,
    coalesce(decisive.recording_status, 'missing') as recording_status,
    decisive.recorded_date
from contact
left join decisive
    on decisive.local_patient_key = contact.local_patient_key and decisive.month = contact.month
