with source_rank as (
    {{ ethnicity_source_rank_rows() }}
),

record as (
    select
        subject,
        subject_key,
        source,
        system,
        coalesce(method, 'none') as method,
        code_2001,
        code_2021,
        recording_status,
        recorded_date
    from {{ ref('int_ethnicity_record') }}
    where subject_key is not null and subject in ('patient', 'staff')
),

-- A patient's codes count for five years; what a person said of themselves counts however old.
tally as (
    select
        subject,
        subject_key,
        source,
        system,
        method,
        code_2001,
        code_2021,
        recording_status,
        count(*) as record_count,
        sum(case
            when recorded_date > {{ add_months(month_start(date_literal(var('as_of'))), -60) }} then 1
            else 0
        end) as recent_count,
        max(recorded_date) as last_recorded_date
    from record
    group by subject, subject_key, source, system, method, code_2001, code_2021, recording_status
)

select
    tally.subject,
    tally.subject_key,
    tally.source,
    tally.system,
    tally.method,
    tally.code_2001,
    tally.code_2021,
    tally.recording_status,
    tally.record_count,
    case
        when tally.recording_status <> 'valid' then 0
        when coalesce(source_rank.takes_latest, false) then tally.record_count
        else cast(tally.recent_count as bigint)
    end as usable_count,
    tally.last_recorded_date
from tally
left join source_rank
    on
        source_rank.subject = tally.subject
        and source_rank.source = tally.source
        and source_rank.method = tally.method
