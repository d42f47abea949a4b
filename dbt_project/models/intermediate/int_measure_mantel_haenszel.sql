{%- set key = ['cell_number', 'stratification_number', 'group_number'] -%}
{%- set both = ('numerator', 'denominator', 'reference_numerator', 'reference_denominator') -%}
{%- set weighted = ('weighted_events', 'weighted_reference_events') -%}
{%- set of_summed = [
    'events_used', 'weighted_events', 'weighted_reference_events', 'plain', 'reference_plain', 'expected_people', 'people',
    'movable_to_group', 'movable_to_reference', 'moving_denominator', 'homogeneity_statistic', 'homogeneity_degrees',
] -%}
{%- set of_estimated = of_summed + ['ratio', 'independent_lower', 'independent_upper', 'split_low', 'split_high'] -%}
{%- set clustered = (
    'estimated.ratio', 'estimated.weighted_events', 'estimated.plain', 'score.score_sq', 'score.people',
    'estimated.weighted_reference_events', 'estimated.reference_plain', 'score.reference_score_sq',
    'score.reference_people',
) -%}
{%- set weight = safe_divide('1e0', 'denominator + reference_denominator') -%}
with pair as (
    select
        {{ key | join(', ') }},
        measure_type,
        numerator,
        denominator,
        numerator_people,
        numerator_sq,
        reference_numerator,
        reference_denominator,
        reference_people,
        reference_sq,
        unknown_numerator,
        unknown_moved,
        unknown_eventless,
        is_modelled,
        denominator > 0e0 and reference_denominator > 0e0 as is_used,
        denominator > 0e0 or reference_denominator > 0e0 as is_occupied,
        {{ split_counts('5e-1', '2e0', 'low') }},
        {{ split_counts('2e0', '5e-1', 'high') }},
        {{ safe_ln(stat_risk_ratio(*both)) }} as log_ratio,
        case
            when measure_type = 'rate'
                then {{ stat_clustered_rate_ratio_error(
                    'numerator', 'numerator_sq', 'numerator_people',
                    'reference_numerator', 'reference_sq', 'reference_people'
                ) }}
            else {{ stat_risk_ratio_error(*both) }}
        end as error
    from {{ ref('int_measure_stratum_comparison') }}
    where is_mantel_haenszel
),

strata as (
    select
        {{ key | join(', ') }},
        cast(sum(case when is_used then 1 else 0 end) as bigint) as strata_used,
        cast(sum(case when is_occupied and not is_used then 1 else 0 end) as bigint) as strata_empty,
        max(is_modelled) as is_modelled
    from pair
    group by {{ key | join(', ') }}
),

summed as (
    select
        {{ key | join(', ') }},
        {%- for name in ['', 'low_', 'high_'] %}
        {{ stat_mh_weighted(name ~ 'numerator', name ~ 'denominator', name ~ 'reference_denominator') }}
            as {{ name }}weighted_events,
        {{ stat_mh_weighted(name ~ 'reference_numerator', name ~ 'reference_denominator', name ~ 'denominator') }}
            as {{ name }}weighted_reference_events,
        {%- endfor %}
        {{ stable_sum('numerator') }} as events_used,
        case
            when measure_type = 'rate' then {{ stat_mh_rate_ratio_variance(*both) }}
            else {{ stat_mh_risk_ratio_variance(*both) }}
        end as variance,
        {{ stat_mh_clustered_plain('numerator', 'denominator', 'reference_denominator') }} as plain,
        {{ stat_mh_clustered_plain('reference_numerator', 'reference_denominator', 'denominator') }}
            as reference_plain,
        {{ expected_people() }} as expected_people,
        cast(sum(numerator_people + reference_people) as double) as people,
        {{ stable_sum('unknown_numerator * reference_denominator * ' ~ weight) }} as movable_to_group,
        {{ stable_sum('unknown_numerator * denominator * ' ~ weight) }} as movable_to_reference,
        max(unknown_moved + unknown_eventless) as moving_denominator,
        {{ stat_homogeneity_statistic('log_ratio', 'error') }} as homogeneity_statistic,
        {{ stat_homogeneity_degrees('log_ratio', 'error') }} as homogeneity_degrees
    from pair
    where is_used
    group by {{ key | join(', ') }}, measure_type
),

estimated as (
    select
        {{ (key + of_summed) | join(', ') }},
        {{ stat_mh_ratio(*weighted) }} as ratio,
        {{ stat_mh_ratio_lower(*weighted, variance='variance') }} as independent_lower,
        {{ stat_mh_ratio_upper(*weighted, variance='variance') }} as independent_upper,
        {{ stat_mh_ratio('low_weighted_events', 'low_weighted_reference_events') }} as split_low,
        {{ stat_mh_ratio('high_weighted_events', 'high_weighted_reference_events') }} as split_high
    from summed
),

score as (
    select {{ key | join(', ') }}, score_sq, people, reference_score_sq, reference_people
    from {{ ref('int_measure_stratum_score') }}
),

bound as (
    select {{ key | join(', ') }}, bound_lower, bound_upper
    from {{ ref('int_measure_mantel_haenszel_bound') }}
),

-- The deviate is a column because the tail writes it out time and again.
pooled as (
    select
        {{ aliased(key, 'strata') }},
        strata.strata_used,
        strata.strata_empty,
        strata.is_modelled,
        {{ aliased(of_estimated, 'estimated') }},
        {{ stat_chi_square_tail_deviate('estimated.homogeneity_statistic', 'estimated.homogeneity_degrees') }}
            as homogeneity_deviate,
        score.people + score.reference_people as people_once,
        {{ stat_mh_clustered_lower(*clustered) }} as clustered_lower,
        {{ stat_mh_clustered_upper(*clustered) }} as clustered_upper,
        score.score_sq is not null as is_clustered,
        bound.bound_lower,
        bound.bound_upper
    from strata
    left join estimated on {{ same_columns(key, 'estimated', 'strata') }}
    left join score on {{ same_columns(key, 'score', 'strata') }}
    left join bound on {{ same_columns(key, 'bound', 'strata') }}
)

select
    {{ key | join(', ') }},
    strata_used,
    strata_empty,
    is_modelled,
    -- Who had the event in several strata counts once.
    case
        when is_clustered then expected_people * {{ safe_divide('people_once', 'people') }}
        else expected_people
    end as expected_people,
    events_used,
    ratio,
    -- Aggregates name no person: their events count as independent.
    case when is_clustered then clustered_lower else independent_lower end as ratio_lower,
    case when is_clustered then clustered_upper else independent_upper end as ratio_upper,
    bound_lower,
    bound_upper,
    split_low,
    split_high,
    -- Where the unknown bring people or time along, no share of their events alone tells.
    case
        when moving_denominator > 0e0 then cast(null as double)
        when ratio > 1e0 then {{ stat_tipping_linear(
            'weighted_events - weighted_reference_events', 'movable_to_reference'
        ) }}
        else {{ stat_tipping_linear('weighted_reference_events - weighted_events', 'movable_to_group') }}
    end as tipping_point,
    case
        when homogeneity_degrees >= 1 then {{ stat_chi_square_tail(
            'homogeneity_statistic', 'homogeneity_degrees', 'homogeneity_deviate'
        ) }}
    end as homogeneity,
    is_clustered
from pooled
