{%- set snapshots = ethnicity_snapshot_sources() -%}
with usable as (
    select
        subject,
        subject_key,
        code_2001,
        recorded_date,
        source in (
            '{{ snapshots | join("', '") }}'
        ) as is_snapshot,
        lag(code_2001) over (
            partition by subject, subject_key, source, system
            order by recorded_date asc nulls last, code_2001 asc nulls last
        ) as code_before
    from {{ ref('int_ethnicity_record') }}
    where recording_status = 'valid' and subject in ('patient', 'staff') and subject_key is not null
),

-- What a snapshot sends again as it was is no new record: an unbroken run of one code is one.
received as (
    select
        subject,
        subject_key,
        code_2001,
        recorded_date,
        case when not is_snapshot or code_before is null or code_before <> code_2001 then 1 else 0 end as is_record
    from usable
),

ordered_receipt as (
    select
        subject,
        subject_key,
        recorded_date,
        is_record,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as receipt_order,
        row_number() over (
            partition by subject, subject_key, is_record order by recorded_date asc nulls last
        ) as record_order
    from received
),

first_of_code as (
    select subject, subject_key, code_2001, min(recorded_date) as recorded_date
    from received
    group by subject, subject_key, code_2001
),

ordered_code as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as code_order
    from first_of_code
),

second_record as (
    select subject, subject_key, recorded_date
    from ordered_receipt
    where is_record = 1 and record_order = 2
),

second_code as (
    select subject, subject_key, recorded_date
    from ordered_code
    where code_order = 2
)

select
    ordered_receipt.subject,
    ordered_receipt.subject_key,
    ordered_receipt.recorded_date as second_receipt_date,
    second_record.recorded_date as second_record_date,
    second_code.recorded_date as second_code_date
from ordered_receipt
left join second_record
    on
        second_record.subject = ordered_receipt.subject
        and second_record.subject_key = ordered_receipt.subject_key
left join second_code
    on
        second_code.subject = ordered_receipt.subject
        and second_code.subject_key = ordered_receipt.subject_key
where ordered_receipt.receipt_order = 2
