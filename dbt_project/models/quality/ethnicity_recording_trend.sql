{%- set unit = ['organisation_code', 'unit_level', 'unit_code'] -%}
{%- set chart = ['source', 'field'] + unit + ['phase'] -%}
{%- set badness = '(-1)' -%}
with phase as (
    select {{ unit | join(', ') }}, period_start as month, phase, phase_reason, intervention_name
    from {{ ref('int_intervention_phase') }}
    where measure_id = 'ethnicity_recording'
),

point as (
    select
        {{ aliased(chart[:-1], 'recording') }},
        recording.month,
        recording.known_and_stated_share,
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

{{ stat_xmr_chart('point', chart | join(', '), 'month', 'known_and_stated_share') }},

target as (
    select feed, field, unit_level, green, effective_from, replaced_on
    from {{ ref('target_in_force') }}
    where measure = 'known_and_stated_share'
),

judged as (
    select
        {{ aliased(chart, 'point') }},
        point.month,
        point.known_and_stated_share,
        point.phase_reason,
        point.intervention_name,
        xmr_chart.mean,
        xmr_chart.moving_range,
        xmr_chart.lower_limit,
        xmr_chart.upper_limit,
        xmr_chart.near_lower_limit,
        xmr_chart.near_upper_limit,
        xmr_chart.point_count,
        xmr_chart.signal,
        xmr_chart.direction,
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

select
    {{ chart[:-1] | join(', ') }},
    month,
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
    {{ chart_icon(badness) }} as icon,
    target,
    {{ chart_assurance(badness) }} as assurance,
    intervention_name
from judged
