{%- set unit = ['measure_id', 'period_type', 'organisation_code', 'unit_level', 'unit_code'] -%}
{%- set group = ['basis', 'grouping', 'group_code', 'reference_group_code'] -%}
{%- set series = unit + group + ['series'] -%}
{%- set chart = series + ['phase'] -%}
with measure as (
    select
        measure_id,
        measure_type,
        multiplier,
        ratio_direction,
        polarity,
        headline_grouping,
        target
    from {{ ref('measure_catalogue') }}
),

recording_status as (
    select value as group_code
    from {{ ref('ref_enum') }}
    where column_name = 'recording_status'
),

phase as (
    select {{ unit | join(', ') }}, period_start, phase, phase_reason, intervention_name
    from {{ ref('int_intervention_phase') }}
),

-- Of known groups only: how far ethnicity is unknown has its own table, quality.ethnicity_recording.
figure as (
    select
        {{ aliased(unit + group, 'equity') }},
        equity.period_start,
        equity.period_end,
        equity.period_label,
        equity.value,
        equity.ratio,
        measure.measure_type,
        measure.multiplier,
        measure.ratio_direction,
        measure.polarity,
        measure.target
    from {{ ref('equity_measure') }} as equity
    inner join measure
        on
            measure.measure_id = equity.measure_id
            and (equity.grouping = 'white_bme' or equity.grouping = measure.headline_grouping)
    left join recording_status on recording_status.group_code = equity.group_code
    where
        equity.period_type in ('month', 'quarter')
        and equity.unit_level in ('organisation', 'division')
        and equity.breakdown = 'all'
        and equity.denominator_rule = 'own'
        and equity.adjustment = 'crude'
        and not {{ in_list("'no_residents'", "coalesce(equity.method, '')") }}
        and recording_status.group_code is null
),

-- A period in which nobody has the event, or everybody, has no ratio and tells little: many of them make no chart.
charted as (
    select
        {{ (unit + group) | join(', ') }},
        period_start,
        'value' as series,
        value as charted_value,
        case
            when measure_type = 'estimate' or value is null then 0
            when value = 0e0 or (measure_type <> 'rate' and value = multiplier) then 1
            else 0
        end as is_empty
    from figure
    union all
    select
        {{ (unit + group) | join(', ') }},
        period_start,
        'log_ratio' as series,
        {{ safe_ln('ratio') }} as charted_value,
        case when {{ safe_ln('ratio') }} is null then 1 else 0 end as is_empty
    from figure
    where measure_type <> 'share' and group_code <> reference_group_code
),

point as (
    select
        {{ aliased(series, 'charted') }},
        charted.period_start,
        charted.charted_value,
        phase.phase,
        phase.phase_reason,
        phase.intervention_name,
        20 * sum(charted.is_empty) over (partition by {{ aliased(series, 'charted') }})
        > count(*) over (partition by {{ aliased(series, 'charted') }}) as is_sparse,
        20 * sum(charted.is_empty) over (partition by {{ aliased(chart[:-1], 'charted') }}, phase.phase)
        > count(*) over (partition by {{ aliased(chart[:-1], 'charted') }}, phase.phase) as is_sparse_in_phase,
        count(charted.charted_value) over (partition by {{ aliased(series, 'charted') }}) as value_count
    from charted
    inner join phase
        on
            {{ same_columns(unit, 'phase', 'charted') }}
            and phase.period_start = charted.period_start
),

-- Months where they hold enough events, else quarters where the measure has them.
choice as (
    select
        {{ chart | join(', ') }},
        period_start,
        charted_value,
        phase_reason,
        intervention_name,
        is_sparse_in_phase,
        case
            when max(case when period_type = 'month' and not is_sparse then 1 else 0 end) over same_series = 1
                then 'month'
            when max(case when period_type = 'quarter' then 1 else 0 end) over same_series = 1
                then 'quarter'
            else 'month'
        end as chosen_period_type
    from point
    where value_count > 0
    window same_series as (
        partition by
            measure_id, organisation_code, unit_level, unit_code, {{ group | join(', ') }}, series
    )
),

judged as (
    select
        {{ chart | join(', ') }},
        period_start,
        charted_value,
        phase_reason,
        intervention_name,
        is_sparse_in_phase
    from choice
    where period_type = chosen_period_type
),

charted_point as (
    select {{ chart | join(', ') }}, period_start, charted_value
    from judged
    where not is_sparse_in_phase
),

{{ stat_xmr_chart('charted_point', chart | join(', '), 'period_start', 'charted_value') }},

signalled as (
    select
        {{ aliased(chart, 'judged') }},
        judged.period_start,
        judged.charted_value,
        judged.phase_reason,
        judged.intervention_name,
        xmr_chart.mean,
        xmr_chart.moving_range,
        xmr_chart.lower_limit,
        xmr_chart.upper_limit,
        xmr_chart.near_lower_limit,
        xmr_chart.near_upper_limit,
        count(judged.charted_value) over (partition by {{ aliased(chart, 'judged') }}) as point_count,
        xmr_chart.baseline_count,
        xmr_chart.is_outside_limits,
        xmr_chart.is_trend,
        xmr_chart.is_two_of_three,
        xmr_chart.is_run,
        case
            when judged.charted_value is null then 'no_value'
            when judged.is_sparse_in_phase then 'too_few_events'
            else xmr_chart.signal
        end as signal,
        coalesce(xmr_chart.direction, 0) as direction
    from judged
    left join xmr_chart
        on
            {{ same_columns(chart, 'xmr_chart', 'judged') }}
            and xmr_chart.period_start = judged.period_start
),

-- `badness` is 1 where high is bad for the group, -1 where low is, 0 where neither.
described as (
    select
        {{ aliased(chart, 'signalled') }},
        signalled.period_start,
        figure.period_end,
        figure.period_label,
        figure.polarity,
        signalled.charted_value,
        signalled.phase_reason,
        signalled.intervention_name,
        signalled.mean,
        signalled.moving_range,
        signalled.lower_limit,
        signalled.upper_limit,
        signalled.near_lower_limit,
        signalled.near_upper_limit,
        signalled.point_count,
        signalled.baseline_count,
        signalled.is_outside_limits,
        signalled.is_trend,
        signalled.is_two_of_three,
        signalled.is_run,
        signalled.signal,
        signalled.direction,
        case figure.polarity when 'lower_is_better' then 1 when 'higher_is_better' then -1 else 0 end
        * case
            when signalled.series = 'log_ratio' and figure.ratio_direction = 'reference_over_group' then -1 else 1
        end as badness,
        case when signalled.series = 'value' then figure.target end as target
    from signalled
    inner join figure
        on
            {{ same_columns(unit + group, 'figure', 'signalled') }}
            and figure.period_start = signalled.period_start
)

select
    measure_id,
    series,
    period_type,
    period_start,
    period_end,
    period_label,
    organisation_code,
    unit_level,
    unit_code,
    'all' as breakdown,
    basis,
    grouping,
    group_code,
    reference_group_code,
    'own' as denominator_rule,
    'crude' as adjustment,
    charted_value,
    mean,
    moving_range,
    lower_limit,
    upper_limit,
    near_lower_limit,
    near_upper_limit,
    phase,
    phase_reason,
    cast(point_count as bigint) as point_count,
    cast(baseline_count as bigint) as baseline_count,
    is_outside_limits,
    is_trend,
    is_two_of_three,
    is_run,
    signal,
    {{ chart_icon('badness', "(series = 'log_ratio')") }} as icon,
    polarity,
    target,
    {{ chart_assurance('badness') }} as assurance,
    intervention_name
from described
