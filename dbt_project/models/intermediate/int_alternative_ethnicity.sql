{%- set rules = ['latest_usable', 'most_frequent', 'latest_record'] -%}
{%- set person = 'subject, subject_key' -%}
with source_rank as (
    {{ ethnicity_source_rank_rows() }}
),

code as (
    select ethnicity_code, yields_to_specific
    from {{ ref('ref_ethnicity') }}
    where basis = '2001'
),

status as (
    select recording_status, sort_order as status_order
    from {{ ref('ref_ethnicity') }}
    where basis = '2001' and ethnicity_code = recording_status
),

record as (
    select
        tally.subject,
        tally.subject_key,
        coalesce(source_rank.source_rank, 99) as source_rank,
        tally.code_2001,
        tally.code_2021,
        tally.recording_status,
        tally.record_count,
        tally.last_recorded_date
    from {{ ref('int_ethnicity_tally') }} as tally
    left join source_rank
        on
            source_rank.subject = tally.subject
            and source_rank.source = tally.source
            and source_rank.method = tally.method
),

weighed as (
    select
        record.subject,
        record.subject_key,
        record.source_rank,
        record.code_2001,
        record.code_2021,
        record.recording_status,
        record.last_recorded_date,
        coalesce(status.status_order, 0) as status_order,
        coalesce(record.recording_status, 'missing') <> 'missing' as is_recorded,
        code.ethnicity_code is not null as is_usable,
        coalesce(code.yields_to_specific, false) as yields_to_specific,
        sum(record.record_count) over (
            partition by record.subject, record.subject_key, record.code_2001
        ) as code_count,
        max(record.last_recorded_date) over (
            partition by record.subject, record.subject_key, record.code_2001
        ) as code_last_date,
        min(record.source_rank) over (
            partition by record.subject, record.subject_key, record.code_2001
        ) as code_source_rank
    from record
    left join code on code.ethnicity_code = record.code_2001 and record.recording_status = 'valid'
    left join status on status.recording_status = record.recording_status
),

-- Two codes of one month and source: the one recorded more often, then the first of the alphabet. An empty field is no
-- record: it takes nothing away from what was said before.
ranked as (
    select
        subject,
        subject_key,
        code_2001,
        code_2021,
        recording_status,
        is_usable,
        row_number() over (
            partition by {{ person }}
            order by
                is_usable desc, last_recorded_date desc, source_rank asc, code_count desc,
                code_2001 asc nulls last, code_2021 asc nulls last, status_order asc
        ) as latest_usable_rank,
        row_number() over (
            partition by {{ person }}
            order by
                is_usable desc, yields_to_specific asc, code_count desc, code_last_date desc,
                code_source_rank asc, code_2001 asc nulls last, last_recorded_date desc, source_rank asc,
                code_2021 asc nulls last, status_order asc
        ) as most_frequent_rank,
        row_number() over (
            partition by {{ person }}
            order by
                is_recorded desc, last_recorded_date desc, source_rank asc, is_usable desc, status_order asc,
                code_count desc, code_2001 asc nulls last, code_2021 asc nulls last
        ) as latest_record_rank,
        min(status_order) over (partition by {{ person }}) as best_status_order
    from weighed
),

chosen as (
    {%- for rule in rules %}
    select
        subject,
        subject_key,
        '{{ rule }}' as ethnicity_rule,
        {{ 'true' if rule == 'latest_record' else 'false' }} as takes_any_record,
        code_2001,
        code_2021,
        recording_status,
        is_usable,
        best_status_order
    from ranked
    where {{ rule }}_rank = 1
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Without a usable code a rule that looks for one tells the best that was recorded, as the preferred rule does.
decided as (
    select
        chosen.subject,
        chosen.subject_key,
        chosen.ethnicity_rule,
        case when chosen.is_usable then chosen.code_2001 end as code_2001,
        case when chosen.is_usable then chosen.code_2021 end as code_2021,
        case
            when chosen.is_usable then 'valid'
            when chosen.takes_any_record then coalesce(chosen.recording_status, 'missing')
            else coalesce(best_status.recording_status, 'missing')
        end as recording_status
    from chosen
    left join status as best_status on best_status.status_order = chosen.best_status_order
)

select
    subject,
    subject_key,
    ethnicity_rule,
    coalesce(code_2001, recording_status) as ethnicity_code_2001,
    coalesce(code_2021, recording_status) as ethnicity_code_2021,
    recording_status
from decided
