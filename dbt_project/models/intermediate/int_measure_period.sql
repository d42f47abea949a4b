with measure as (
    select
        catalogue.measure_id,
        catalogue.additivity,
        catalogue.period_types,
        catalogue.adjusted_period_types,
        catalogue.denominator_unit,
        level.sort_order as lowest_level_order
    from {{ ref('measure_catalogue') }} as catalogue
    inner join {{ ref('ref_enum') }} as level
        on level.column_name = 'unit_level' and level.value = catalogue.lowest_unit_level
),

period as (
    select
        dim.period_type,
        dim.period_start,
        dim.period_end,
        dim.period_label,
        kind.month_count,
        kind.is_national_rule_adjusted,
        kind.is_below_division
        and (kind.period_type <> 'rolling_12_months' or extract(month from dim.period_end) in (3, 6, 9, 12))
            as is_below_division
    from {{ ref('dim_period') }} as dim
    inner join {{ ref('ref_period_type') }} as kind on kind.period_type = dim.period_type
),

month_of_record as (
    select period_start as month
    from {{ ref('dim_period') }}
    where period_type = 'month'
)

select
    measure.measure_id,
    measure.additivity,
    measure.lowest_level_order,
    period.period_type,
    period.period_start,
    period.period_end,
    period.period_label,
    period.is_below_division,
    period.is_national_rule_adjusted,
    month_of_record.month,
    month_of_record.month = {{ month_start('period.period_end') }} as is_last_month,
    {{ in_list('period.period_type', "coalesce(measure.adjusted_period_types, '')") }} as is_adjusted,
    case
        when measure.denominator_unit in ('people', 'periods') then 1e0
        when measure.denominator_unit in ('person_years', 'staff_years')
            then {{ safe_divide('12', 'period.month_count') }}
    end as people_per_denominator
from measure
inner join period on {{ in_list('period.period_type', 'measure.period_types') }}
inner join month_of_record
    on
        month_of_record.month >= {{ month_start('period.period_start') }}
        and month_of_record.month <= period.period_end
