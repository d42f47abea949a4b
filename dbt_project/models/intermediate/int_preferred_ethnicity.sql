{%- set source_ranks = ethnicity_source_ranks() -%}
with source_rank as (
    {% for subject, sources in source_ranks.items() -%}
    {%- set subject_is_last = loop.last -%}
    {%- for source in sources -%}
    select '{{ subject }}' as subject, '{{ source }}' as source, {{ loop.index }} as source_rank
    {% if not (loop.last and subject_is_last) %}union all
    {% endif -%}
    {%- endfor -%}
    {%- endfor %}
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

tally as (
    select
        tally.subject,
        tally.subject_key,
        tally.source,
        source_rank.source_rank,
        tally.code_2001,
        tally.code_2021,
        tally.recording_status,
        tally.usable_count,
        tally.last_month
    from {{ ref('int_ethnicity_tally') }} as tally
    inner join source_rank on source_rank.subject = tally.subject and source_rank.source = tally.source
),

refused as (
    select
        subject,
        subject_key,
        source_rank,
        max(last_month) as last_not_stated_month
    from tally
    where recording_status = 'not_stated'
    group by subject, subject_key, source_rank
),

usable as (
    select
        tally.subject,
        tally.subject_key,
        tally.source,
        tally.source_rank,
        code.yields_to_specific,
        tally.code_2001,
        tally.code_2021,
        tally.usable_count as record_count,
        tally.last_month
    from tally
    inner join code on code.ethnicity_code = tally.code_2001
    where tally.usable_count > 0
),

-- A refusal stands when it is later than every usable code of the sources that rank no lower than its own.
standing_refusal as (
    select
        refused.subject,
        refused.subject_key,
        min(refused.source_rank) as source_rank
    from refused
    left join usable
        on
            usable.subject = refused.subject
            and usable.subject_key = refused.subject_key
            and usable.source_rank <= refused.source_rank
            and usable.last_month >= refused.last_not_stated_month
    where usable.subject_key is null
    group by refused.subject, refused.subject_key
),

weighed as (
    select
        subject,
        subject_key,
        source,
        source_rank,
        yields_to_specific,
        code_2001,
        code_2021,
        last_month,
        sum(record_count) over (partition by subject, subject_key, source, code_2001) as code_count,
        max(last_month) over (partition by subject, subject_key, source, code_2001) as code_last_month
    from usable
),

-- A refusal that stands undoes the codes of its own source and of those ranked below it, older or not.
ranked as (
    select
        weighed.subject,
        weighed.subject_key,
        weighed.source,
        weighed.code_2001,
        weighed.code_2021,
        row_number() over (
            partition by weighed.subject, weighed.subject_key
            order by
                weighed.yields_to_specific asc nulls last,
                weighed.source_rank asc nulls last,
                case when weighed.subject = 'patient' then weighed.code_count end desc nulls last,
                weighed.code_last_month desc nulls last,
                weighed.code_2001 asc nulls last,
                weighed.last_month desc nulls last,
                weighed.code_2021 asc nulls last
        ) as preference
    from weighed
    left join standing_refusal
        on
            standing_refusal.subject = weighed.subject
            and standing_refusal.subject_key = weighed.subject_key
            and standing_refusal.source_rank <= weighed.source_rank
    where standing_refusal.subject_key is null
),

chosen as (
    select subject, subject_key, source, code_2001, code_2021
    from ranked
    where preference = 1
),

usable_count as (
    select
        subject,
        subject_key,
        sum(record_count) as usable_record_count,
        count(distinct code_2001) as distinct_usable_count
    from usable
    group by subject, subject_key
),

subject as (
    select
        tally.subject,
        tally.subject_key,
        min(status.status_order) as best_status_order
    from tally
    left join status on status.recording_status = tally.recording_status
    group by tally.subject, tally.subject_key
),

decided as (
    select
        subject.subject,
        subject.subject_key,
        chosen.source,
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
    case when has_code then source end as ethnicity_source,
    cast(usable_record_count as bigint) as usable_record_count,
    cast(distinct_usable_count as bigint) as distinct_usable_count,
    distinct_usable_count > 1 as has_conflict
from decided
