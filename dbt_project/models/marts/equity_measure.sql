{%- set cell = [
    'measure_id', 'period_type', 'period_start', 'organisation_code', 'unit_level', 'unit_code', 'breakdown',
    'breakdown_value', 'basis', 'grouping', 'group_code', 'reference_group_code',
] -%}
{%- set own = ('numerator', 'denominator') -%}
{%- set reference = ('reference_numerator', 'reference_denominator') -%}
{%- set both = ('numerator', 'denominator', 'reference_numerator', 'reference_denominator') -%}
{%- set inverse = ('reference_numerator', 'reference_denominator', 'numerator', 'denominator') -%}
with comparison as (
    select
        {{ cell | join(', ') }},
        measure_type,
        is_unknown,
        is_guarded,
        numerator,
        denominator,
        numerator_people,
        denominator_people,
        reference_numerator,
        reference_denominator,
        unknown_numerator,
        unknown_denominator,
        unknown_share,
        is_modelled
    from {{ ref('int_measure_comparison') }}
),

catalogue as (
    select measure_id, multiplier, ratio_direction, polarity
    from {{ ref('measure_catalogue') }}
),

period as (
    select period_type, period_start, period_end, period_label
    from {{ ref('dim_period') }}
),

described as (
    select
        {{ aliased(cell, 'comparison') }},
        period.period_end,
        period.period_label,
        comparison.is_unknown,
        comparison.is_guarded,
        comparison.is_modelled,
        comparison.measure_type = 'rate' as is_rate,
        not comparison.is_unknown
        and not comparison.is_guarded
        and comparison.group_code <> comparison.reference_group_code as is_compared,
        catalogue.ratio_direction = 'group_over_reference' as is_group_first,
        catalogue.multiplier,
        catalogue.ratio_direction,
        catalogue.polarity,
        comparison.numerator,
        comparison.denominator,
        comparison.numerator_people,
        comparison.denominator_people,
        comparison.reference_numerator,
        comparison.reference_denominator,
        comparison.unknown_numerator,
        comparison.unknown_denominator,
        comparison.unknown_share
    from comparison
    inner join catalogue on catalogue.measure_id = comparison.measure_id
    inner join period
        on period.period_type = comparison.period_type and period.period_start = comparison.period_start
),

estimated as (
    select
        {{ cell | join(', ') }},
        period_end,
        period_label,
        is_unknown,
        is_guarded,
        is_modelled,
        is_rate,
        is_compared,
        multiplier,
        ratio_direction,
        polarity,
        numerator,
        denominator,
        numerator_people,
        denominator_people,
        reference_numerator,
        reference_denominator,
        unknown_numerator,
        unknown_denominator,
        unknown_share,
        multiplier * case
            when not is_guarded then {{ safe_divide(*own) }}
        end as value,
        multiplier * case
            when is_guarded then cast(null as double)
            when is_rate then {{ safe_divide(stat_poisson_lower('numerator'), 'denominator') }}
            else {{ stat_wilson_lower(*own) }}
        end as value_lower,
        multiplier * case
            when is_guarded then cast(null as double)
            when is_rate then {{ safe_divide(stat_poisson_upper('numerator'), 'denominator') }}
            else {{ stat_wilson_upper(*own) }}
        end as value_upper,
        multiplier * {{ safe_divide(*reference) }} as reference_value,
        multiplier * case
            when is_rate then {{ safe_divide(stat_poisson_lower('reference_numerator'), 'reference_denominator') }}
            else {{ stat_wilson_lower(*reference) }}
        end as reference_lower,
        multiplier * case
            when is_rate then {{ safe_divide(stat_poisson_upper('reference_numerator'), 'reference_denominator') }}
            else {{ stat_wilson_upper(*reference) }}
        end as reference_upper,
        case
            when not is_compared then cast(null as double)
            when is_rate and is_group_first then {{ stat_rate_ratio(*both) }}
            when is_rate then {{ stat_rate_ratio(*inverse) }}
            when is_group_first then {{ stat_risk_ratio(*both) }}
            else {{ stat_risk_ratio(*inverse) }}
        end as ratio,
        case
            when not is_compared then cast(null as double)
            when is_rate and is_group_first then {{ stat_rate_ratio_lower(*both) }}
            when is_rate then {{ stat_rate_ratio_lower(*inverse) }}
            when is_group_first then {{ stat_risk_ratio_lower(*both) }}
            else {{ stat_risk_ratio_lower(*inverse) }}
        end as ratio_lower,
        case
            when not is_compared then cast(null as double)
            when is_rate and is_group_first then {{ stat_rate_ratio_upper(*both) }}
            when is_rate then {{ stat_rate_ratio_upper(*inverse) }}
            when is_group_first then {{ stat_risk_ratio_upper(*both) }}
            else {{ stat_risk_ratio_upper(*inverse) }}
        end as ratio_upper
    from described
),

compared as (
    select
        {{ cell | join(', ') }},
        period_end,
        period_label,
        is_unknown,
        is_guarded,
        is_modelled,
        is_rate,
        is_compared,
        multiplier,
        ratio_direction,
        polarity,
        numerator,
        denominator,
        numerator_people,
        denominator_people,
        reference_numerator,
        reference_denominator,
        unknown_numerator,
        unknown_denominator,
        unknown_share,
        value,
        value_lower,
        value_upper,
        reference_value,
        ratio,
        ratio_lower,
        ratio_upper,
        case when is_compared then value - reference_value end as difference,
        case
            when is_compared
                then {{ stat_square_and_add_lower('value', 'value_lower', 'reference_value', 'reference_upper') }}
        end as difference_lower,
        case
            when is_compared
                then {{ stat_square_and_add_upper('value', 'value_upper', 'reference_value', 'reference_lower') }}
        end as difference_upper
    from estimated
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
    'own' as denominator_rule,
    'crude' as adjustment,
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    value,
    value_lower,
    value_upper,
    reference_numerator,
    reference_denominator,
    reference_value,
    ratio,
    ratio_lower,
    ratio_upper,
    ratio_direction,
    difference,
    difference_lower,
    difference_upper,
    case
        when is_compared then numerator - denominator * {{ safe_divide('reference_value', 'multiplier') }}
    end as excess_count,
    cast(null as bigint) as strata_used,
    cast(null as bigint) as strata_empty,
    unknown_numerator,
    unknown_denominator,
    unknown_share,
    cast(null as double) as bound_lower,
    cast(null as double) as bound_upper,
    cast(null as double) as plausible_lower,
    cast(null as double) as plausible_upper,
    cast(null as double) as tipping_point,
    cast(null as double) as detectable_ratio,
    cast(null as {{ dbt.type_string() }}) as wres_range,
    polarity,
    cast(null as {{ dbt.type_string() }}) as verdict,
    cast(null as boolean) as is_fdr_significant,
    cast(null as {{ dbt.type_string() }}) as fit_for_use,
    concat_ws(
        '|',
        case when value_lower is not null then case when is_rate then 'byar_exact' else 'wilson' end end,
        case when ratio_lower is not null then case when is_rate then 'log_rate_ratio' else 'log_risk_ratio' end end,
        case when difference_lower is not null then case when is_rate then 'mover' else 'newcombe' end end,
        case when is_modelled then 'modelled_ages' end,
        case
            when is_guarded then 'not_in_code_set'
            when is_unknown then 'unknown_group'
            when group_code = reference_group_code then 'reference_group'
        end,
        case when value is null and not is_guarded then 'no_denominator' end,
        case
            when not is_compared or value is null then cast(null as {{ dbt.type_string() }})
            when coalesce(reference_numerator, 0e0) = 0e0 then 'zero_reference'
            when numerator = 0e0 then 'zero_numerator'
        end
    ) as method
from compared
