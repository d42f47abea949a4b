{%- set snapshots = ethnicity_snapshot_sources() -%}
with usable as (
    select
        subject,
        subject_key,
        source,
        system,
        code_2001,
        recorded_date,
        source in (
            '{{ snapshots | join("', '") }}'
        ) as is_snapshot
    from {{ ref('int_ethnicity_record') }}
    where recording_status = 'valid' and subject in ('patient', 'staff') and subject_key is not null
),

ordered_receipt as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as receipt_order
    from usable
),

first_of_code as (
    select subject, subject_key, source, system, is_snapshot, code_2001, min(recorded_date) as recorded_date
    from usable
    group by subject, subject_key, source, system, is_snapshot, code_2001
),

-- What a snapshot sends again as it was is no new record: an unbroken run of one code is one. A run that returns to an
-- earlier code is at least the third of its system and never the second record: when each code came first is enough.
record as (
    select subject, subject_key, recorded_date
    from usable
    where not is_snapshot
    union all
    select subject, subject_key, recorded_date
    from first_of_code
    where is_snapshot
),

ordered_record as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as record_order
    from record
),

first_anywhere as (
    select subject, subject_key, code_2001, min(recorded_date) as recorded_date
    from first_of_code
    group by subject, subject_key, code_2001
),

ordered_code as (
    select
        subject,
        subject_key,
        recorded_date,
        row_number() over (partition by subject, subject_key order by recorded_date asc nulls last) as code_order
    from first_anywhere
)

select
    ordered_receipt.subject,
    ordered_receipt.subject_key,
    ordered_receipt.recorded_date as second_receipt_date,
    ordered_record.recorded_date as second_record_date,
    ordered_code.recorded_date as second_code_date
from ordered_receipt
left join ordered_record
    on
        ordered_record.subject = ordered_receipt.subject
        and ordered_record.subject_key = ordered_receipt.subject_key
        and ordered_record.record_order = 2
left join ordered_code
    on
        ordered_code.subject = ordered_receipt.subject
        and ordered_code.subject_key = ordered_receipt.subject_key
        and ordered_code.code_order = 2
where ordered_receipt.receipt_order = 2
