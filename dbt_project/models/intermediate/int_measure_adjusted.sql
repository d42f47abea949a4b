{%- set key = ['cell_number', 'grouping', 'group_code'] -%}
{%- set same = [
    'reference_group_code', 'is_compared', 'numerator', 'denominator', 'numerator_people', 'denominator_people',
    'reference_numerator', 'reference_denominator', 'unknown_numerator', 'unknown_denominator', 'unknown_share',
    'has_enough_people',
] -%}
with crude as (
    select
        {{ (key + same) | join(', ') }},
        value,
        value_lower,
        value_upper,
        ratio as crude_ratio,
        ratio_lower as crude_lower,
        ratio_upper as crude_upper,
        plausible_lower as crude_plausible_lower,
        plausible_upper as crude_plausible_upper,
        -- Standardised rates take events as independent: their errors grow with the clustering of the crude rate.
        {{ safe_sqrt(safe_divide('numerator_sq', 'numerator')) }} as clustering
    from {{ ref('int_measure_crude') }}
    where is_compared
),

adjustment as (
    select
        cell.cell_number,
        ref.adjustment,
        ref.stratification,
        ref.estimator
    from {{ ref('int_measure_cell') }} as cell
    inner join {{ ref('measure_catalogue') }} as catalogue on catalogue.measure_id = cell.measure_id
    inner join {{ ref('ref_adjustment') }} as ref
        on {{ in_list('ref.adjustment', "coalesce(catalogue.adjustments, '')") }}
),

mantel_haenszel as (
    select
        {{ aliased(key, 'pooled') }},
        adjustment.adjustment,
        pooled.strata_used,
        pooled.strata_empty,
        pooled.ratio,
        pooled.ratio_lower,
        pooled.ratio_upper,
        pooled.bound_lower,
        pooled.bound_upper,
        pooled.split_low,
        pooled.split_high,
        pooled.tipping_point,
        pooled.is_modelled,
        concat_ws(
            '|',
            'mantel_haenszel',
            case when pooled.is_clustered then 'clustered' end,
            case when pooled.homogeneity < 5e-2 then 'heterogeneous' end
        ) as method
    from {{ ref('int_measure_mantel_haenszel') }} as pooled
    inner join adjustment
        on
            adjustment.cell_number = pooled.cell_number
            and adjustment.stratification = pooled.stratification
            and adjustment.estimator = 'mantel_haenszel'
),

standardised as (
    select
        {{ aliased(key, 'pooled') }},
        adjustment.adjustment,
        adjustment.estimator,
        pooled.strata_used,
        pooled.strata_empty,
        pooled.observed,
        pooled.expected,
        pooled.expected_highest,
        pooled.unknown_numerator as unknown_events,
        pooled.low_observed,
        pooled.high_observed,
        pooled.low_expected,
        pooled.high_expected,
        pooled.rate,
        pooled.rate_lower,
        pooled.rate_upper,
        pooled.rate_variance,
        pooled.reference_rate,
        pooled.reference_rate_lower,
        pooled.reference_rate_upper,
        pooled.reference_rate_variance,
        pooled.rate_highest,
        pooled.reference_rate_highest,
        pooled.is_modelled,
        pooled.low_rate,
        pooled.low_reference_rate,
        pooled.high_rate,
        pooled.high_reference_rate
    from {{ ref('int_measure_standardised') }} as pooled
    inner join adjustment
        on
            adjustment.cell_number = pooled.cell_number
            and adjustment.stratification = pooled.stratification
            and adjustment.estimator <> 'mantel_haenszel'
),

-- The reference of an adjusted ratio is what the group would have had at the rates of the reference in its strata.
pooled_figure as (
    select
        {{ aliased(key + same, 'crude') }},
        mantel_haenszel.adjustment,
        crude.value,
        crude.value_lower,
        crude.value_upper,
        crude.crude_lower,
        crude.crude_upper,
        crude.crude_plausible_lower,
        crude.crude_plausible_upper,
        {{ safe_divide('crude.value', 'mantel_haenszel.ratio') }} as reference_value,
        mantel_haenszel.ratio,
        mantel_haenszel.ratio_lower,
        mantel_haenszel.ratio_upper,
        mantel_haenszel.strata_used,
        mantel_haenszel.strata_empty,
        mantel_haenszel.bound_lower,
        mantel_haenszel.bound_upper,
        mantel_haenszel.split_low,
        mantel_haenszel.split_high,
        mantel_haenszel.tipping_point,
        mantel_haenszel.is_modelled,
        mantel_haenszel.method
    from mantel_haenszel
    inner join crude on {{ same_columns(key, 'crude', 'mantel_haenszel') }}
    union all
    select
        {{ aliased(key + same, 'crude') }},
        standardised.adjustment,
        crude.value,
        crude.value_lower,
        crude.value_upper,
        crude.crude_lower,
        crude.crude_upper,
        crude.crude_plausible_lower,
        crude.crude_plausible_upper,
        {{ safe_divide('standardised.expected', 'crude.denominator') }} as reference_value,
        {{ stat_isr('standardised.observed', 'standardised.expected') }} as ratio,
        {{ safe_divide(
            stat_clustered_lower('standardised.observed', 'standardised.observed * crude.clustering * crude.clustering'),
            'standardised.expected'
        ) }} as ratio_lower,
        {{ safe_divide(
            stat_clustered_upper('standardised.observed', 'standardised.observed * crude.clustering * crude.clustering'),
            'standardised.expected'
        ) }} as ratio_upper,
        standardised.strata_used,
        standardised.strata_empty,
        {{ safe_divide('standardised.observed', 'standardised.expected_highest') }} as bound_lower,
        {{ safe_divide('standardised.observed + standardised.unknown_events', 'standardised.expected') }}
            as bound_upper,
        {{ safe_divide('standardised.low_observed', 'standardised.low_expected') }} as split_low,
        {{ safe_divide('standardised.high_observed', 'standardised.high_expected') }} as split_high,
        case
            when standardised.observed > standardised.expected then {{ stat_tipping_linear(
                'standardised.observed - standardised.expected',
                'standardised.expected_highest - standardised.expected'
            ) }}
            else {{ stat_tipping_linear(
                'standardised.expected - standardised.observed', 'standardised.unknown_events'
            ) }}
        end as tipping_point,
        standardised.is_modelled,
        concat_ws(
            '|', 'indirect', 'clustered', case when standardised.is_modelled then 'modelled_ages' end
        ) as method
    from standardised
    inner join crude on {{ same_columns(key, 'crude', 'standardised') }}
    where standardised.estimator = 'indirect'
),

direct as (
    select
        {{ aliased(key + same, 'crude') }},
        standardised.adjustment,
        crude.crude_lower,
        crude.crude_upper,
        crude.crude_plausible_lower,
        crude.crude_plausible_upper,
        standardised.rate as value,
        standardised.rate
        - (standardised.rate - standardised.rate_lower) * crude.clustering as value_lower,
        standardised.rate
        + (standardised.rate_upper - standardised.rate) * crude.clustering as value_upper,
        standardised.reference_rate as reference_value,
        standardised.reference_rate_lower,
        standardised.reference_rate_upper,
        {{ safe_divide('standardised.rate', 'standardised.reference_rate') }} as ratio,
        crude.clustering * {{ safe_sqrt(
            safe_divide('standardised.rate_variance', 'standardised.rate * standardised.rate') ~ ' + '
            ~ safe_divide('standardised.reference_rate_variance',
                          'standardised.reference_rate * standardised.reference_rate')
        ) }} as error,
        standardised.strata_used,
        standardised.strata_empty,
        standardised.is_modelled,
        {{ safe_divide('standardised.rate', 'standardised.reference_rate_highest') }} as bound_lower,
        {{ safe_divide('standardised.rate_highest', 'standardised.reference_rate') }} as bound_upper,
        {{ safe_divide('standardised.low_rate', 'standardised.low_reference_rate') }} as split_low,
        {{ safe_divide('standardised.high_rate', 'standardised.high_reference_rate') }} as split_high,
        case
            when standardised.rate > standardised.reference_rate then {{ stat_tipping_linear(
                'standardised.rate - standardised.reference_rate',
                'standardised.reference_rate_highest - standardised.reference_rate'
            ) }}
            else {{ stat_tipping_linear(
                'standardised.reference_rate - standardised.rate', 'standardised.rate_highest - standardised.rate'
            ) }}
        end as tipping_point
    from standardised
    inner join crude on {{ same_columns(key, 'crude', 'standardised') }}
    where standardised.estimator = 'direct'
),

figure as (
    select
        {{ (key + same) | join(', ') }},
        adjustment,
        value,
        value_lower,
        value_upper,
        crude_lower,
        crude_upper,
        crude_plausible_lower,
        crude_plausible_upper,
        reference_value,
        ratio,
        ratio_lower,
        ratio_upper,
        value - reference_value as difference,
        value * (1e0 - {{ safe_divide('1e0', 'ratio_lower') }}) as difference_lower,
        value * (1e0 - {{ safe_divide('1e0', 'ratio_upper') }}) as difference_upper,
        strata_used,
        strata_empty,
        bound_lower,
        bound_upper,
        split_low,
        split_high,
        tipping_point,
        is_modelled,
        method
    from pooled_figure
    union all
    select
        {{ (key + same) | join(', ') }},
        adjustment,
        value,
        value_lower,
        value_upper,
        crude_lower,
        crude_upper,
        crude_plausible_lower,
        crude_plausible_upper,
        reference_value,
        ratio,
        ratio * exp(-{{ stat_z() }} * error) as ratio_lower,
        ratio * exp({{ stat_z() }} * error) as ratio_upper,
        value - reference_value as difference,
        {{ stat_square_and_add_lower('value', 'value_lower', 'reference_value', 'reference_rate_upper') }}
            as difference_lower,
        {{ stat_square_and_add_upper('value', 'value_upper', 'reference_value', 'reference_rate_lower') }}
            as difference_upper,
        strata_used,
        strata_empty,
        bound_lower,
        bound_upper,
        split_low,
        split_high,
        tipping_point,
        is_modelled,
        concat_ws(
            '|',
            'direct',
            case when ratio is null then 'too_few_events' else 'clustered' end,
            case when is_modelled then 'modelled_ages' end
        ) as method
    from direct
)

select
    cell_number,
    adjustment,
    grouping,
    group_code,
    reference_group_code,
    is_compared,
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
    difference,
    difference_lower,
    difference_upper,
    numerator * (1e0 - {{ safe_divide('1e0', 'ratio') }}) as excess_count,
    strata_used,
    strata_empty,
    unknown_numerator,
    unknown_denominator,
    unknown_share,
    case when ratio is not null then bound_lower end as bound_lower,
    case when ratio is not null then bound_upper end as bound_upper,
    split_low * {{ safe_divide('ratio_lower', 'ratio') }} as plausible_lower,
    split_high * {{ safe_divide('ratio_upper', 'ratio') }} as plausible_upper,
    tipping_point,
    {{ stat_detectable_ratio(safe_divide(
        safe_ln(safe_divide('ratio_upper', 'ratio_lower')), '2e0 * ' ~ stat_z()
    )) }} as detectable_ratio,
    has_enough_people and ratio_lower is not null as has_enough_people,
    is_modelled,
    -- Ages fitted below the authority never carry a verdict that the crude figure does not carry too.
    not is_modelled
    or coalesce(
        (ratio > 1e0 and crude_lower > 1e0 and crude_plausible_lower > 1e0)
        or (ratio < 1e0 and crude_upper < 1e0 and crude_plausible_upper < 1e0),
        false
    ) as is_corroborated,
    method
from figure
