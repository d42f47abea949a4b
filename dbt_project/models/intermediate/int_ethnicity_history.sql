with usable as (
    select subject, subject_key, code_2001, recorded_date
    from {{ ref('int_ethnicity_record') }}
    where recording_status = 'valid' and subject in ('patient', 'staff') and subject_key is not null
),

ordered_record as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as record_order
    from usable
),

first_of_code as (
    select subject, subject_key, code_2001, min(recorded_date) as recorded_date
    from usable
    group by subject, subject_key, code_2001
),

ordered_code as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as code_order
    from first_of_code
)

select
    ordered_record.subject,
    ordered_record.subject_key,
    ordered_record.recorded_date as second_record_date,
    ordered_code.recorded_date as second_code_date
from ordered_record
left join ordered_code
    on
        ordered_code.subject = ordered_record.subject
        and ordered_code.subject_key = ordered_record.subject_key
        and ordered_code.code_order = 2
where ordered_record.record_order = 2
