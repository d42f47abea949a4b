with month_of_record as (
    select
        period_start as month,
        row_number() over (order by period_start desc nulls last) as recency
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- One more than the plan shows: who answered a month's asking was to be asked the month before.
asking_month as (
    select month
    from month_of_record
    where recency <= {{ asking_months() + 1 }}
),

team as (
    select organisation_code, unit_code, month, ancestor_code
    from {{ ref('int_measure_unit') }}
    where unit_level = 'team'
),

{{ known_unit_cte('team') }},

in_contact as (
    select
        'patient_ethnicity' as source,
        'ethnic_category' as field,
        organisation_code,
        source_organisation_code,
        unit_code,
        month,
        local_patient_key as record_key,
        person_key as subject_key,
        recording_status
    from {{ ref('int_contact_ethnicity') }}
),

in_index as (
    select
        record.source,
        record.field,
        record.organisation_code,
        record.source_organisation_code,
        patient_unit.unit_code,
        record.month,
        record.local_patient_key as record_key,
        record.subject_key,
        record.recording_status
    from {{ ref('int_ethnicity_record') }} as record
    left join {{ ref('int_patient_unit') }} as patient_unit
        on patient_unit.local_patient_key = record.local_patient_key and patient_unit.month = record.month
    where record.source = 'mhsds'
),

on_staff as (
    select
        source,
        field,
        organisation_code,
        source_organisation_code,
        unit_code,
        month,
        subject_key as record_key,
        subject_key,
        recording_status
    from {{ ref('int_ethnicity_record') }}
    where source = 'staff_record'
),

person as (
    select
        source, field, organisation_code, source_organisation_code, unit_code, month, record_key, subject_key,
        recording_status
    from in_contact
    union all
    select
        source, field, organisation_code, source_organisation_code, unit_code, month, record_key, subject_key,
        recording_status
    from in_index
    union all
    select
        source, field, organisation_code, source_organisation_code, unit_code, month, record_key, subject_key,
        recording_status
    from on_staff
)

-- Who declined is left in peace, and a value nobody can read is for the system's owner to mend. A person of two units
-- of no team is one person whom no team can ask.
select distinct
    person.source,
    person.field,
    person.organisation_code,
    person.source_organisation_code,
    team.ancestor_code as unit_code,
    person.month,
    person.record_key,
    person.subject_key,
    person.recording_status,
    person.recording_status in ('missing', 'not_known') as is_to_ask
from person
inner join asking_month on asking_month.month = person.month
left join known_unit on {{ is_known_unit('person') }}
inner join team
    on
        team.organisation_code = person.organisation_code
        and team.unit_code = {{ unit_or_unknown() }}
        and team.month = person.month
