with source_rank as (
    {{ ethnicity_source_rank_rows() }}
),

status as (
    select recording_status, sort_order as status_order
    from {{ ref('ref_ethnicity') }}
    where basis = '2001' and ethnicity_code = recording_status
),

candidate as (
    select subject, subject_key, source, method, code_2001, code_2021, usable_count, is_preferred
    from {{ ref('int_ethnicity_candidate') }}
),

chosen as (
    select subject, subject_key, source, method, code_2001, code_2021
    from candidate
    where is_preferred
),

usable_count as (
    select
        subject,
        subject_key,
        sum(usable_count) as usable_record_count,
        count(distinct code_2001) as distinct_usable_count
    from candidate
    where usable_count > 0
    group by subject, subject_key
),

subject as (
    select
        tally.subject,
        tally.subject_key,
        min(status.status_order) as best_status_order
    from {{ ref('int_ethnicity_tally') }} as tally
    inner join source_rank
        on
            source_rank.subject = tally.subject
            and source_rank.source = tally.source
            and source_rank.method = tally.method
    left join status on status.recording_status = tally.recording_status
    group by tally.subject, tally.subject_key
),

decided as (
    select
        subject.subject,
        subject.subject_key,
        chosen.source,
        chosen.method,
        chosen.code_2001,
        chosen.code_2021,
        coalesce(usable_count.usable_record_count, 0) as usable_record_count,
        coalesce(usable_count.distinct_usable_count, 0) as distinct_usable_count,
        coalesce(status.recording_status, 'missing') as best_other_status,
        chosen.code_2001 is not null as has_code
    from subject
    left join chosen on chosen.subject = subject.subject and chosen.subject_key = subject.subject_key
    left join usable_count
        on usable_count.subject = subject.subject and usable_count.subject_key = subject.subject_key
    left join status on status.status_order = subject.best_status_order
)

select
    subject,
    subject_key,
    case when has_code then code_2001 else best_other_status end as ethnicity_code_2001,
    case when has_code then code_2021 else best_other_status end as ethnicity_code_2021,
    case when has_code then 'valid' else best_other_status end as recording_status,
    source as ethnicity_source,
    method as ethnicity_method,
    cast(usable_record_count as bigint) as usable_record_count,
    cast(distinct_usable_count as bigint) as distinct_usable_count,
    distinct_usable_count > 1 as has_conflict
from decided
