with period as (
    select
        listed.period_type,
        listed.period_start,
        listed.period_end,
        listed.period_label,
        listed.month_count
    from (
        {{ calendar_periods() }}
    ) as listed (period_type, period_start, period_end, period_label, month_count)
)

select
    period_type,
    period_start,
    period_end,
    period_label,
    cast(month_count as bigint) as month_count
from period
