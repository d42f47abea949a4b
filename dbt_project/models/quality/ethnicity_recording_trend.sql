{%- set unit = ['organisation_code', 'unit_level', 'unit_code'] -%}
{%- set chart = ['source', 'field'] + unit + ['phase'] -%}
{%- set badness = '(-1)' -%}
{%- set of_unit = 'partition by ' ~ (chart[:-1] | join(', ')) ~ ' order by month nulls last' -%}
{%- set lower = stat_xmr_no_nearer('xmr_chart.lower_limit', 'xmr_chart.mean', -1, 'point.one_record') -%}
{%- set upper = stat_xmr_no_nearer('xmr_chart.upper_limit', 'xmr_chart.mean', 1, 'point.one_record') -%}
with phase as (
    select {{ unit | join(', ') }}, period_start as month, phase, phase_reason, intervention_name
    from {{ ref('int_intervention_phase') }}
    where measure_id = 'ethnicity_recording'
),

point as (
    select
        {{ aliased(chart[:-1], 'recording') }},
        recording.month,
        recording.record_count,
        recording.valid_count,
        recording.known_and_stated_share,
        {{ safe_divide('1', 'recording.record_count') }} as one_record,
        phase.phase,
        phase.phase_reason,
        phase.intervention_name
    from {{ ref('ethnicity_recording') }} as recording
    inner join phase
        on
            {{ same_columns(unit, 'phase', 'recording') }}
            and phase.month = recording.month
    where recording.breakdown = 'all'
),

{{ stat_xmr_chart('point', chart | join(', '), 'month', 'known_and_stated_share', resolution='one_record') }},

target as (
    select feed, field, unit_level, green, effective_from, replaced_on
    from {{ ref('target_in_force') }}
    where measure = 'known_and_stated_share'
),

judged as (
    select
        {{ aliased(chart, 'point') }},
        point.month,
        point.record_count,
        point.valid_count,
        point.known_and_stated_share,
        point.one_record,
        point.record_count < {{ few_records() }} as is_few,
        point.phase_reason,
        point.intervention_name,
        xmr_chart.mean,
        xmr_chart.moving_range,
        xmr_chart.lower_limit,
        xmr_chart.upper_limit,
        xmr_chart.near_lower_limit,
        xmr_chart.near_upper_limit,
        xmr_chart.point_count,
        case
            when xmr_chart.signal <> 'too_few_points' and point.record_count < {{ few_records() }}
                then 'too_few_records'
            else xmr_chart.signal
        end as signal,
        case when point.record_count >= {{ few_records() }} then xmr_chart.direction else 0 end as direction,
        case
            when
                xmr_chart.lower_limit is not null
                and point.record_count >= {{ few_records() }}
                and {{ stat_xmr_beyond('point.known_and_stated_share', lower, upper) }} = 0
                then point.month
        end as usual_month,
        target.green as target
    from point
    inner join xmr_chart
        on
            {{ same_columns(chart, 'xmr_chart', 'point') }}
            and xmr_chart.month = point.month
    left join target
        on
            target.feed = point.source
            and target.field = point.field
            and target.unit_level = point.unit_level
            and target.effective_from <= point.month
            and (target.replaced_on is null or target.replaced_on > point.month)
)

-- Limits that are set anew in between do not make news of what was beyond the old ones.
select
    {{ chart[:-1] | join(', ') }},
    month,
    record_count,
    valid_count,
    known_and_stated_share,
    mean,
    moving_range,
    lower_limit,
    upper_limit,
    near_lower_limit,
    near_upper_limit,
    phase,
    phase_reason,
    cast(point_count as bigint) as point_count,
    signal,
    case
        when signal in ('too_few_points', 'too_few_records') then null
        else
            signal in ('below_lower_limit', 'above_upper_limit')
            and coalesce(lag(signal) over ({{ of_unit }}), 'none') <> signal
    end as is_sudden,
    max(usual_month) over (
        {{ of_unit }} rows between unbounded preceding and 1 preceding
    ) as last_usual_month,
    {{ chart_icon(badness) }} as icon,
    target,
    case when not is_few then {{ chart_assurance(badness, 'one_record') }} end as assurance,
    intervention_name
from judged
