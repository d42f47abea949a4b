-- Without a patient record nothing is held of anybody, and nothing is not the same as an empty field.
with patient_record as (
    select
        source_organisation_code,
        min({{ month_from_text('period') }}) as first_month
    from {{ ref('stg_lake__receipt') }}
    where feed = 'patient_ethnicity' and not is_refused
    group by source_organisation_code
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
    held.code_2001,
    held.code_2021,
    held.recording_status,
    held.recorded_date,
    held.has_lost_detail,
    held.last_usable_date,
    patient_record.first_month as record_first_month
from contact
inner join {{ ref('int_epr_status') }} as held
    on held.local_patient_key = contact.local_patient_key and held.month = contact.month
inner join patient_record
    on
        patient_record.source_organisation_code = contact.source_organisation_code
        and patient_record.first_month <= contact.month
