{%- set key = ['cell_number', 'stratification_number', 'group_number'] -%}
{%- set counts = [
    'numerator', 'numerator_people', 'denominator', 'reference_numerator', 'reference_denominator', 'unknown_numerator',
    'unknown_denominator',
] -%}
{%- set same = [
    'reference_numerator', 'reference_denominator', 'unknown_numerator', 'unknown_denominator', 'strata_used',
    'strata_empty', 'is_modelled', 'expected_people', 'events_in_strata',
] -%}
{%- set reference_share = safe_divide('denominator', 'reference_denominator') -%}
{%- set figures = [
    'value', 'value_lower', 'value_upper', 'reference_value', 'difference_lower', 'difference_upper', 'bound_lower',
    'bound_upper', 'split_low', 'split_high', 'tipping_point',
] -%}
{%- set prefixes = ['', 'reference_'] -%}
{%- set squares = {'': 'numerator_sq', 'reference_': 'reference_sq'} -%}
{%- set of_summed = counts + [
    'measure_type', 'strata_used', 'strata_empty', 'is_modelled', 'expected_people', 'events_in_strata',
    'known_numerator', 'known_denominator', 'people', 'reference_people', 'observed', 'observed_sq',
    'observed_denominator', 'observed_unknown', 'low_observed', 'high_observed', 'expected', 'expected_variance',
    'expected_variance_sq', 'expected_highest', 'low_expected', 'high_expected',
] -%}
{%- set sides = (
    'own', 'own_variance', 'own_variance_sq', 'people',
    'other', 'other_variance', 'other_variance_sq', 'reference_people',
) -%}
{%- set unknown_share -%}
    case
        when measure_type = 'rate' then {{ safe_divide('unknown_numerator', 'known_numerator + unknown_numerator') }}
        else {{ safe_divide('unknown_denominator', 'known_denominator + unknown_denominator') }}
    end
{%- endset -%}
with pair as (
    select
        {{ key | join(', ') }},
        measure_type,
        {{ counts | join(', ') }},
        numerator_sq,
        reference_people,
        reference_sq,
        known_numerator,
        known_denominator,
        weight,
        is_modelled,
        denominator > 0e0 and reference_denominator > 0e0 as is_used,
        denominator > 0e0 or reference_denominator > 0e0 as is_occupied,
        {{ split_counts('5e-1', '2e0', 'low') }},
        {{ split_counts('2e0', '5e-1', 'high') }}
    from {{ ref('int_measure_stratum_comparison') }}
    where weight is not null
),

-- Sums over the strata that hold both sides are those of indirect standardisation.
summed as (
    select
        {{ key | join(', ') }},
        measure_type,
        cast(sum(case when is_used then 1 else 0 end) as bigint) as strata_used,
        cast(sum(case when is_occupied and not is_used then 1 else 0 end) as bigint) as strata_empty,
        max(is_modelled) as is_modelled,
        {%- for column in counts if column != 'numerator_people' %}
        {{ stable_sum(column) }} as {{ column }},
        {%- endfor %}
        cast(sum(numerator_people) as bigint) as numerator_people,
        {{ stable_sum('known_numerator') }} as known_numerator,
        {{ stable_sum('known_denominator') }} as known_denominator,
        {{ stable_sum('numerator + reference_numerator + unknown_numerator') }} as events_in_strata,
        {{ expected_people() }} as expected_people,
        {%- for name, value in [
            ('people', 'numerator_people'),
            ('reference_people', 'reference_people'),
            ('observed', 'numerator'),
            ('observed_sq', 'numerator_sq'),
            ('observed_denominator', 'denominator'),
            ('observed_unknown', 'unknown_numerator'),
            ('low_observed', 'low_numerator'),
            ('high_observed', 'high_numerator'),
            ('expected', 'reference_numerator * ' ~ reference_share),
            ('expected_variance', 'reference_numerator * ' ~ reference_share ~ ' * ' ~ reference_share),
            ('expected_variance_sq', 'reference_sq * ' ~ reference_share ~ ' * ' ~ reference_share),
            ('expected_highest', '(reference_numerator + unknown_numerator) * ' ~ reference_share),
            ('low_expected', 'low_reference_numerator * ' ~ reference_share),
            ('high_expected', 'high_reference_numerator * ' ~ reference_share),
        ] %}
        {{ stable_sum('case when is_used then ' ~ value ~ ' else 0e0 end', decimals=17) }} as {{ name }},
        {%- endfor %}
        {%- for side in prefixes %}
        {%- set time = side ~ 'denominator' %}
        {%- for name, events in [
            ('', side ~ 'numerator'),
            ('highest_', side ~ 'numerator + unknown_numerator'),
            ('low_', 'low_' ~ side ~ 'numerator'),
            ('high_', 'high_' ~ side ~ 'numerator'),
        ] %}
        {{ stat_dsr_events(events, 'weight') }} as {{ name }}{{ side }}events,
        {{ stat_dsr_weighted(events, time, 'weight') }} as {{ name }}{{ side }}weighted,
        {%- endfor %}
        {{ stat_dsr_squared(side ~ 'numerator', time, 'weight') }} as {{ side }}squared,
        {{ stat_dsr_squared(squares[side], time, 'weight') }} as {{ side }}squared_sq,
        {{ stat_dsr_is_whole(side ~ 'numerator', time, 'weight', squares[side]) }} as {{ side }}is_whole,
        {%- endfor %}
        {{ stat_dsr_total('weight') }} as total_weight
    from pair
    group by {{ key | join(', ') }}, measure_type
),

rated as (
    select
        {%- for side in prefixes %}
        {%- set is_whole = side ~ 'is_whole' %}
        {%- for name in ['', 'highest_', 'low_', 'high_'] %}
        {{ stat_dsr_rate(name ~ side ~ 'events', name ~ side ~ 'weighted', 'total_weight', is_whole) }}
            as {{ name }}{{ side }}rate,
        {%- endfor %}
        {%- for limit in ['lower', 'upper'] %}
        {{ stat_dsr_limit(
            limit, side ~ 'events', side ~ 'weighted', side ~ 'squared_sq', 'total_weight', is_whole
        ) }} as {{ side }}rate_{{ limit }},
        {%- endfor %}
        {{ stat_dsr_spread(side ~ 'events', side ~ 'squared', 'total_weight', is_whole) }} as {{ side }}rate_variance,
        {{ stat_dsr_spread(side ~ 'events', side ~ 'squared_sq', 'total_weight', is_whole) }}
            as {{ side }}rate_variance_sq,
        {%- endfor %}
        {{ (key + of_summed) | join(', ') }}
    from summed
),

-- Indirectly the whole row is of the strata that hold both sides, so that it can be worked out from its own counts.
figure as (
    select
        {{ key | join(', ') }},
        'direct' as estimator,
        numerator,
        numerator_people,
        denominator,
        {{ same | join(', ') }},
        {{ unknown_share }} as unknown_share,
        observed - expected as excess_count,
        rate as value,
        rate_lower as value_lower,
        rate_upper as value_upper,
        reference_rate as reference_value,
        rate as own,
        rate_variance as own_variance,
        rate_variance_sq as own_variance_sq,
        people,
        reference_rate as other,
        reference_rate_variance as other_variance,
        reference_rate_variance_sq as other_variance_sq,
        reference_people,
        {{ stat_square_and_add_lower('rate', 'rate_lower', 'reference_rate', 'reference_rate_upper') }}
            as difference_lower,
        {{ stat_square_and_add_upper('rate', 'rate_upper', 'reference_rate', 'reference_rate_lower') }}
            as difference_upper,
        {{ safe_divide('rate', 'highest_reference_rate') }} as bound_lower,
        {{ safe_divide('highest_rate', 'reference_rate') }} as bound_upper,
        {{ safe_divide('low_rate', 'low_reference_rate') }} as split_low,
        {{ safe_divide('high_rate', 'high_reference_rate') }} as split_high,
        case
            when rate > reference_rate then {{ stat_tipping_linear(
                'rate - reference_rate', 'highest_reference_rate - reference_rate'
            ) }}
            else {{ stat_tipping_linear('reference_rate - rate', 'highest_rate - rate') }}
        end as tipping_point
    from rated
    union all
    select
        {{ key | join(', ') }},
        'indirect' as estimator,
        observed as numerator,
        cast(people as bigint) as numerator_people,
        observed_denominator as denominator,
        {{ same | join(', ') }},
        {{ unknown_share }} as unknown_share,
        observed - expected as excess_count,
        {{ safe_divide('observed', 'observed_denominator') }} as value,
        {{ safe_divide(stat_clustered_lower('observed', 'observed_sq'), 'observed_denominator') }} as value_lower,
        {{ safe_divide(stat_clustered_upper('observed', 'observed_sq'), 'observed_denominator') }} as value_upper,
        {{ safe_divide('expected', 'observed_denominator') }} as reference_value,
        observed as own,
        observed as own_variance,
        observed_sq as own_variance_sq,
        people,
        expected as other,
        expected_variance as other_variance,
        expected_variance_sq as other_variance_sq,
        reference_people,
        cast(null as double) as difference_lower,
        cast(null as double) as difference_upper,
        {{ safe_divide('observed', 'expected_highest') }} as bound_lower,
        {{ safe_divide('observed + observed_unknown', 'expected') }} as bound_upper,
        {{ safe_divide('low_observed', 'low_expected') }} as split_low,
        {{ safe_divide('high_observed', 'high_expected') }} as split_high,
        case
            when observed > expected
                then {{ stat_tipping_linear('observed - expected', 'expected_highest - expected') }}
            else {{ stat_tipping_linear('expected - observed', 'observed_unknown') }}
        end as tipping_point
    from rated
)

select
    {{ key | join(', ') }},
    estimator,
    numerator,
    numerator_people,
    denominator,
    {{ same | join(', ') }},
    unknown_share,
    excess_count,
    {{ safe_divide('own', 'other') }} as ratio,
    {{ stat_standardised_ratio_lower(*sides) }} as ratio_lower,
    {{ stat_standardised_ratio_upper(*sides) }} as ratio_upper,
    {{ figures | join(', ') }}
from figure
