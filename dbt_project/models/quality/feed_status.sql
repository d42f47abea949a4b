{#
What is late, for whoever asks with SQL. The check `fresh` of each feed rules the same when the feed is taken in
(orchestration/ingest/freshness.py); a test on the example beside this model holds the two together. `feeds` (name:
is_monthly, is_optional, due_days after a period's end) comes from the contracts and trust.yaml with the run.
-#}
with feed as (
    {%- for name, feed in var('feeds', {}).items() %}
    select
        '{{ name }}' as feed,
        {{ feed.is_monthly | lower }} as is_monthly,
        {{ feed.is_optional | lower }} as is_optional,
        {{ feed.due_days }} as due_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    {%- if execute %}{{ exceptions.raise_compiler_error("no variable `feeds`: build with python -m orchestration") }}{% endif %}
    {%- endfor %}
),

receipt as (
    select
        feed,
        period,
        source_organisation_code,
        rows_read,
        rows_kept,
        rows_quarantined,
        rows_duplicate,
        message,
        is_refused
    from {{ ref('stg_lake__receipt') }}
),

-- The trust itself owes every period; a predecessor owes only what it has sent.
expected as (
    select
        feed.feed,
        month_of_record.period_label as period,
        '{{ var("organisation_code") }}' as source_organisation_code
    from feed
    cross join {{ ref('dim_period') }} as month_of_record
    where feed.is_monthly and month_of_record.period_type = 'month'
    union
    select feed.feed, 'all' as period, '{{ var("organisation_code") }}' as source_organisation_code
    from feed
    where not feed.is_monthly
    union
    select feed, period, source_organisation_code
    from receipt
),

received as (
    select
        feed,
        period,
        source_organisation_code,
        cast(sum(case when is_refused then 0 else 1 end) as bigint) as kept_file_count,
        cast(sum(case when is_refused then 1 else 0 end) as bigint) as refused_file_count,
        cast(sum(case when is_refused then 0 else rows_read end) as bigint) as rows_read,
        cast(sum(case when is_refused then 0 else rows_kept end) as bigint) as rows_kept,
        cast(sum(case when is_refused then 0 else rows_quarantined end) as bigint) as rows_quarantined,
        cast(sum(case when is_refused then 0 else rows_duplicate end) as bigint) as rows_duplicate,
        min(case when is_refused then message end) as refusal
    from receipt
    group by feed, period, source_organisation_code
),

compared as (
    select
        expected.feed,
        expected.period,
        expected.source_organisation_code,
        coalesce(received.kept_file_count, 0) as kept_file_count,
        coalesce(received.refused_file_count, 0) as refused_file_count,
        coalesce(received.rows_read, 0) as rows_read,
        coalesce(received.rows_kept, 0) as rows_kept,
        coalesce(received.rows_quarantined, 0) as rows_quarantined,
        coalesce(received.rows_duplicate, 0) as rows_duplicate,
        received.refusal,
        coalesce(feed.is_optional, false) as is_optional,
        feed.due_days,
        {{ month_end(month_from_text('expected.period')) }} as period_end
    from expected
    left join feed on feed.feed = expected.feed
    left join received
        on
            received.feed = expected.feed
            and received.period = expected.period
            and received.source_organisation_code = expected.source_organisation_code
),

dated as (
    select
        feed,
        period,
        source_organisation_code,
        kept_file_count,
        refused_file_count,
        rows_read,
        rows_kept,
        rows_quarantined,
        rows_duplicate,
        refusal,
        {{ add_days('period_end', 'due_days') }} as due_date,
        kept_file_count > 0 as is_kept,
        refused_file_count > 0 as is_refused,
        not is_optional
        and coalesce({{ date_literal(var('as_of')) }} > {{ add_days('period_end', 'due_days') }}, true) as is_due
    from compared
)

select
    feed,
    period,
    source_organisation_code,
    case
        when is_kept and is_refused then 'kept_refused'
        when is_kept then 'kept'
        when is_refused then 'refused'
        when is_due then 'overdue'
        else 'missing'
    end as feed_state,
    due_date,
    not is_kept and is_due as is_stale,
    cast(kept_file_count as bigint) as kept_file_count,
    cast(refused_file_count as bigint) as refused_file_count,
    cast(rows_read as bigint) as rows_read,
    cast(rows_kept as bigint) as rows_kept,
    cast(rows_quarantined as bigint) as rows_quarantined,
    cast(rows_duplicate as bigint) as rows_duplicate,
    refusal
from dated
