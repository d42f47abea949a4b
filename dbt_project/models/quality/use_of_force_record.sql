with item as (
    select
        incident_key,
        organisation_code,
        unit_code,
        incident_month as month,
        item_code,
        is_complete,
        is_collected
    from {{ ref('int_use_of_force_item') }}
),

whole_record as (
    select
        incident_key,
        organisation_code,
        unit_code,
        month,
        'all_items' as item_code,
        min(case when is_complete then 1 else 0 end) = 1 as is_complete,
        min(case when is_collected then 1 else 0 end) = 1 as is_collected
    from item
    group by incident_key, organisation_code, unit_code, month
),

judged as (
    select organisation_code, unit_code, month, item_code, is_complete, is_collected
    from item
    union all
    select organisation_code, unit_code, month, item_code, is_complete, is_collected
    from whole_record
),

unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

{{ known_unit_cte('unit') }},

-- A record whose unit did not exist that month is kept, under the unknown unit.
placed as (
    select
        judged.organisation_code,
        {{ unit_or_unknown() }} as unit_code,
        judged.month,
        judged.item_code,
        judged.is_complete,
        judged.is_collected
    from judged
    left join known_unit on {{ is_known_unit('judged') }}
),

counted as (
    select
        placed.organisation_code,
        unit.unit_level,
        unit.ancestor_code as unit_code,
        placed.month,
        placed.item_code,
        cast(count(*) as bigint) as record_count,
        cast(sum(case when placed.is_complete then 1 else 0 end) as bigint) as complete_count,
        max(case when placed.is_collected then 1 else 0 end) = 1 as is_collected
    from placed
    inner join unit
        on
            unit.organisation_code = placed.organisation_code
            and unit.unit_code = placed.unit_code
            and unit.month = placed.month
    group by placed.organisation_code, unit.unit_level, unit.ancestor_code, placed.month, placed.item_code
)

select
    organisation_code,
    unit_level,
    unit_code,
    month,
    item_code,
    record_count,
    complete_count,
    {{ safe_divide('complete_count', 'record_count') }} as complete_share,
    is_collected
from counted
