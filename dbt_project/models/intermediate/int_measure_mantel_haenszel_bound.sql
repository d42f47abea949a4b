{%- set key = ['cell_number', 'stratification_number', 'group_number'] -%}
{%- set sided = key + ['is_upper'] -%}
{%- set rounds = 6 -%}
with block as (
    select
        {{ sided | join(', ') }},
        stratum_number,
        block_number,
        is_elsewhere_open,
        own_events,
        own_time,
        other_events,
        other_time,
        block_events,
        block_time,
        block_people
    from {{ ref('int_measure_stratum_block') }}
),

start as (
    select {{ sided | join(', ') }}, bound, own_weighted, other_weighted
    from {{ ref('int_measure_mantel_haenszel_start') }}
),

{{ stat_bound_mh_rounds('block', 'start', sided, rounds) }},

bounded as (
    select
        {{ key | join(', ') }},
        max(case when is_upper then bound end) as highest,
        max(case when not is_upper then {{ safe_divide('1e0', 'bound') }} end) as lowest,
        max(abs({{ safe_divide('bound', 'last_bound') }} - 1e0)) as last_change
    from round_{{ rounds }}
    group by {{ key | join(', ') }}
)

-- Where everybody of unknown ethnicity belongs to one of two sides, no allotment need reach the ratio of the known.
select
    {{ aliased(key, 'bounded') }},
    least(coalesce(bounded.lowest, 0e0), start.bound) as bound_lower,
    greatest(bounded.highest, start.bound) as bound_upper,
    coalesce(bounded.last_change > 1e-12, false) as is_unsettled
from bounded
inner join start on {{ same_columns(key, 'start', 'bounded') }} and start.is_upper
