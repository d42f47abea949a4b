with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

patient_system as (
    select raw_value, system
    from {{ ref('ref_patient_system') }}
),

landed as (
    select
        local_patient_key,
        {{ squeeze('system_name') }} as system_name,
        recorded_date,
        ethnic_category,
        code_set,
        method_code,
        team_name,
        source_organisation_code,
        month,
        file_row_number,
        receipt_id
    from {{ ref('stg_patient_ethnicity__patient_ethnicity') }}
),

sent as (
    select
        landed.local_patient_key,
        coalesce(patient_system.system, 'unknown') as system,
        landed.recorded_date,
        landed.ethnic_category,
        landed.code_set,
        landed.method_code,
        landed.team_name,
        landed.source_organisation_code,
        landed.month,
        landed.file_row_number,
        landed.receipt_id
    from landed
    left join patient_system on patient_system.raw_value = landed.system_name
),

record as (
    {{ latest_version(
        'sent',
        ['local_patient_key', 'system', 'recorded_date'],
        ['ethnic_category', 'code_set', 'method_code', 'team_name']
    ) }}
),

ethnicity as (
    select raw_value, code_2001, code_2021, recording_status, has_lost_detail
    from {{ ref('int_ethnicity_value') }}
    where source = 'epr'
),

patient_key as (
    select local_patient_key, person_key
    from {{ ref('int_patient_key') }}
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'epr'
),

named as (
    select
        record.local_patient_key,
        patient_key.person_key,
        record.system,
        lower(record.method_code) as method,
        record.code_set,
        record.recorded_date,
        record.source_organisation_code,
        organisation.organisation_code,
        {{ squeeze('record.team_name') }} as team_name,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        ethnicity.has_lost_detail,
        record.last_month,
        record.version_count
    from record
    inner join organisation on organisation.source_organisation_code = record.source_organisation_code
    inner join patient_key on patient_key.local_patient_key = record.local_patient_key
    left join ethnicity on ethnicity.raw_value is not distinct from record.ethnic_category
)

select
    named.local_patient_key,
    named.person_key,
    named.system,
    named.method,
    named.code_set,
    named.recorded_date,
    named.source_organisation_code,
    named.organisation_code,
    coalesce(unit_name.unit_code, 'UNKNOWN') as unit_code,
    named.code_2001,
    named.code_2021,
    named.recording_status,
    named.has_lost_detail,
    named.last_month,
    named.version_count
from named
left join unit_name
    on
        unit_name.organisation_code = named.organisation_code
        and unit_name.system_name = named.team_name
        and named.recorded_date between unit_name.valid_from and unit_name.valid_to
