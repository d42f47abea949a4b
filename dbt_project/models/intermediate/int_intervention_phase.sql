{%- set chart = ['measure_id', 'period_type', 'organisation_code', 'unit_level', 'unit_code'] -%}
with period as (
    select distinct measure_id, period_type, period_start, period_end
    from {{ ref('int_measure_period') }}
    where period_type in ('month', 'quarter')
    union all
    select 'ethnicity_recording' as measure_id, period_type, period_start, period_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

unit as (
    select distinct
        organisation_code,
        unit_level,
        ancestor_code as unit_code
    from {{ ref('int_measure_unit') }}
),

mark as (
    select
        intervention_date,
        organisation_code,
        unit_code,
        measure_id,
        intervention_name,
        restarts_limits,
        reason
    from {{ ref('ref_intervention') }}
),

-- Of the measures the organisation and its divisions have charts; of the recording of ethnicity every unit has one. A
-- period that the date falls inside is half old and half new: limits begin anew with the first whole one.
charted_period as (
    select
        period.measure_id,
        period.period_type,
        unit.organisation_code,
        unit.unit_level,
        unit.unit_code,
        period.period_start,
        period.period_end,
        lag(period.period_start) over (
            partition by
                period.measure_id, period.period_type, unit.organisation_code, unit.unit_level, unit.unit_code
            order by period.period_start nulls last
        ) as previous_start
    from period
    inner join unit
        on unit.unit_level in ('organisation', 'division') or period.measure_id = 'ethnicity_recording'
),

period_mark as (
    select
        {{ aliased(chart, 'charted_period') }},
        charted_period.period_start,
        mark.intervention_name,
        mark.reason,
        mark.intervention_date >= charted_period.period_start as is_within,
        mark.restarts_limits
        and mark.intervention_date <= charted_period.period_start
        and mark.intervention_date > charted_period.previous_start as is_restart,
        row_number() over (
            partition by
                {{ aliased(chart, 'charted_period') }}, charted_period.period_start,
                mark.intervention_date >= charted_period.period_start
            order by mark.intervention_date nulls last, mark.intervention_name nulls last
        ) as mark_number
    from charted_period
    inner join mark
        on
            mark.organisation_code = charted_period.organisation_code
            and mark.unit_code in ('all', charted_period.unit_code)
            and mark.measure_id in ('all', charted_period.measure_id)
            and mark.intervention_date <= charted_period.period_end
            and mark.intervention_date > coalesce(
                charted_period.previous_start, {{ add_days('charted_period.period_start', -1) }}
            )
),

marked as (
    select
        {{ chart | join(', ') }},
        period_start,
        max(case when is_restart then 1 else 0 end) as is_restart,
        nullif(concat_ws(
            '; ',
            min(case when is_restart then reason end),
            nullif(max(case when is_restart then reason end), min(case when is_restart then reason end))
        ), '') as restart_reason,
        nullif(concat_ws(
            '; ',
            max(case when is_within and mark_number = 1 then intervention_name end),
            max(case when is_within and mark_number = 2 then intervention_name end),
            max(case when is_within and mark_number = 3 then intervention_name end),
            max(case when is_within and mark_number = 4 then 'and more' end)
        ), '') as intervention_name
    from period_mark
    group by {{ chart | join(', ') }}, period_start
),

phased as (
    select
        {{ aliased(chart, 'charted_period') }},
        charted_period.period_start,
        marked.intervention_name,
        marked.restart_reason,
        1 + sum(coalesce(marked.is_restart, 0)) over (
            partition by {{ aliased(chart, 'charted_period') }}
            order by charted_period.period_start nulls last
            rows between unbounded preceding and current row
        ) as phase
    from charted_period
    left join marked
        on
            {{ same_columns(chart, 'marked', 'charted_period') }}
            and marked.period_start = charted_period.period_start
)

select
    {{ chart | join(', ') }},
    period_start,
    cast(phase as bigint) as phase,
    max(restart_reason) over (partition by {{ chart | join(', ') }}, phase) as phase_reason,
    intervention_name
from phased
