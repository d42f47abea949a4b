with month_of_record as (
    select
        period_start as month,
        period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- One unit answers for an authority in a month: the one that served it last, so that nobody is counted twice.
served_area as (
    select
        bridge.organisation_code,
        bridge.service_line,
        bridge.area_code,
        bridge.unit_code,
        month_of_record.month,
        row_number() over (
            partition by bridge.organisation_code, bridge.service_line, bridge.area_code, month_of_record.month
            order by bridge.valid_from desc nulls last, bridge.unit_code asc nulls last
        ) as unit_order
    from {{ ref('bridge_unit_area') }} as bridge
    inner join month_of_record
        on bridge.valid_from <= month_of_record.month_end and bridge.valid_to >= month_of_record.month
)

select
    organisation_code,
    service_line,
    area_code,
    month,
    unit_code
from served_area
where unit_order = 1
