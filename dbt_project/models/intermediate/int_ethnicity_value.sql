with raw_value as (
    select 'esr' as source, ethnic_origin as raw_value
    from {{ ref('stg_staff_record__staff_record') }}
    union
    select 'mhsds' as source, ethnic_category as raw_value
    from {{ ref('stg_mhsds__mhs001_mpi') }}
    union
    select 'epr' as source, ethnic_category as raw_value
    from {{ ref('stg_patient_ethnicity__patient_ethnicity') }}
    union
    select 'incidents' as source, ethnic_origin as raw_value
    from {{ ref('stg_incidents__incident_contact') }}
),

-- Sources that hold codes are matched by the code in front; sources that hold words by the whole text only.
read_value as (
    select
        source,
        raw_value,
        coalesce({{ squeeze('raw_value') }}, '(BLANK)') as whole_text,
        case when source in ('esr', 'mhsds', 'epr') then {{ leading_token('raw_value') }} end as code
    from raw_value
),

-- A code has one or two characters: the first is the national one, the second is local. A longer word is no code.
keyed as (
    select
        source,
        raw_value,
        whole_text,
        case when length(code) <= 2 then code end as code,
        case when length(code) = 2 then substr(code, 1, 1) end as national_code
    from read_value
),

map as (
    select source, raw_value, code_2001, code_2021, recording_status
    from {{ ref('ref_ethnicity_map') }}
),

mapped as (
    select
        keyed.source,
        keyed.raw_value,
        coalesce(by_text.code_2001, by_code.code_2001, by_letter.code_2001) as code_2001,
        coalesce(by_text.code_2021, by_code.code_2021, by_letter.code_2021) as code_2021,
        coalesce(
            by_text.recording_status, by_code.recording_status, by_letter.recording_status, 'invalid'
        ) as recording_status,
        coalesce(by_text.recording_status, by_code.recording_status) is not null as is_mapped,
        keyed.national_code is not null as has_local_code
    from keyed
    left join map as by_text
        on by_text.source = keyed.source and by_text.raw_value = keyed.whole_text
    left join map as by_code
        on
            by_code.source = keyed.source
            and by_code.raw_value = keyed.code
            and by_text.recording_status is null
    left join map as by_letter
        on
            by_letter.source = keyed.source
            and by_letter.raw_value = keyed.national_code
            and by_text.recording_status is null
            and by_code.recording_status is null
)

select
    source,
    raw_value,
    code_2001,
    code_2021,
    recording_status,
    is_mapped,
    recording_status = 'valid' and (has_local_code or code_2001 <> code_2021) as has_lost_detail
from mapped
