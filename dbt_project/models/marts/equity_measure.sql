{%- set figure = [
    'adjustment', 'is_compared', 'numerator', 'denominator', 'numerator_people', 'denominator_people', 'value',
    'value_lower', 'value_upper', 'reference_numerator', 'reference_denominator', 'reference_value', 'ratio',
    'ratio_lower', 'ratio_upper', 'difference', 'difference_lower', 'difference_upper', 'excess_count', 'strata_used',
    'strata_empty', 'unknown_numerator', 'unknown_denominator', 'unknown_share', 'bound_lower', 'bound_upper',
    'plausible_lower', 'plausible_upper', 'tipping_point', 'detectable_ratio', 'has_enough_people', 'is_modelled',
    'is_corroborated', 'method', 'p_value',
] -%}
{%- set cell = result_columns() -%}
{%- set declared = ['grouping', 'group_code', 'reference_group_code'] -%}
with measured as (
    select cell_number, group_number, {{ figure | join(', ') }}
    from {{ ref('int_measure_figure') }}
),

cell as (
    select cell_number, family_number, {{ cell | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select group_number, {{ declared | join(', ') }}
    from {{ ref('int_measure_declared_group') }}
),

called as (
    select family_number, grouping, adjustment, largest_called_p
    from {{ ref('int_measure_called') }}
),

catalogue as (
    select measure_id, measure_type, multiplier, ratio_direction, polarity
    from {{ ref('measure_catalogue') }}
),

period as (
    select period_type, period_start, period_end, period_label
    from {{ ref('dim_period') }}
),

described as (
    select
        {{ aliased(cell, 'cell') }},
        {{ aliased(declared, 'declared_group') }},
        {{ aliased(figure, 'measured') }},
        period.period_end,
        period.period_label,
        catalogue.measure_type,
        catalogue.multiplier,
        catalogue.ratio_direction,
        catalogue.polarity,
        catalogue.ratio_direction = 'reference_over_group' as is_inverted,
        case when measured.p_value is not null then coalesce(measured.p_value <= called.largest_called_p, false) end
            as is_fdr_significant
    from measured
    inner join cell on cell.cell_number = measured.cell_number
    inner join declared_group on declared_group.group_number = measured.group_number
    inner join catalogue on catalogue.measure_id = cell.measure_id
    inner join period on period.period_type = cell.period_type and period.period_start = cell.period_start
    left join called
        on
            called.family_number = cell.family_number
            and called.grouping = declared_group.grouping
            and called.adjustment = measured.adjustment
),

-- One comparison of two groups at the top stands on its own; of many, some differ by chance.
judged as (
    select
        {{ (cell + declared + figure) | join(', ') }},
        period_end,
        period_label,
        measure_type,
        multiplier,
        ratio_direction,
        polarity,
        is_inverted,
        is_fdr_significant,
        coalesce(is_fdr_significant, false) or (unit_level = 'organisation' and grouping = 'white_bme') as is_called
    from described
)

select
    measure_id,
    period_type,
    period_start,
    period_end,
    period_label,
    organisation_code,
    unit_level,
    unit_code,
    breakdown,
    breakdown_value,
    basis,
    grouping,
    group_code,
    reference_group_code,
    denominator_rule,
    adjustment,
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    multiplier * value as value,
    multiplier * value_lower as value_lower,
    multiplier * value_upper as value_upper,
    reference_numerator,
    reference_denominator,
    multiplier * reference_value as reference_value,
    {{ in_direction('ratio', is_point=true) }} as ratio,
    {{ in_direction('ratio_lower', 'ratio_upper') }} as ratio_lower,
    {{ in_direction('ratio_upper', 'ratio_lower') }} as ratio_upper,
    ratio_direction,
    multiplier * difference as difference,
    multiplier * difference_lower as difference_lower,
    multiplier * difference_upper as difference_upper,
    excess_count,
    strata_used,
    strata_empty,
    unknown_numerator,
    unknown_denominator,
    unknown_share,
    {{ in_direction('bound_lower', 'bound_upper', is_point=true) }} as bound_lower,
    {{ in_direction('bound_upper', 'bound_lower', is_point=true) }} as bound_upper,
    {{ in_direction('plausible_lower', 'plausible_upper') }} as plausible_lower,
    {{ in_direction('plausible_upper', 'plausible_lower') }} as plausible_upper,
    tipping_point,
    detectable_ratio,
    case
        when {{ in_direction('ratio', is_point=true) }} < 8e-1 then 'below'
        when {{ in_direction('ratio', is_point=true) }} > 1.25e0 then 'above'
        when {{ in_direction('ratio', is_point=true) }} is not null then 'within'
    end as wres_range,
    polarity,
    {{ measure_verdict() }} as verdict,
    is_fdr_significant,
    {{ measure_fitness() }} as fit_for_use,
    method
from judged
