{%- set own = ('numerator', 'denominator') -%}
{%- set reference = ('reference_numerator', 'reference_denominator') -%}
{%- set both = ('numerator', 'denominator', 'reference_numerator', 'reference_denominator') -%}
{%- set clustered = (
    'numerator', 'numerator_sq', 'numerator_people', 'denominator',
    'reference_numerator', 'reference_sq', 'reference_people', 'reference_denominator',
) -%}
{%- set counted = [
    'cell_number', 'group_number', 'measure_type', 'is_reference', 'is_unknown', 'is_guarded', 'is_compared',
    'numerator', 'denominator', 'numerator_people', 'denominator_people', 'numerator_sq',
    'reference_numerator', 'reference_denominator', 'reference_people', 'reference_sq', 'observed_share',
    'known_numerator', 'known_denominator', 'unknown_numerator', 'unknown_denominator', 'unknown_moved',
    'unknown_eventless', 'unknown_share', 'is_modelled',
] -%}
{%- set kept = counted + ['has_person_bound', 'person_lowest', 'person_highest'] -%}
with comparison as (
    select {{ counted | join(', ') }}
    from {{ ref('int_measure_comparison') }}
),

-- Unknown people who bring events and time of their own.
person_bound as (
    select cell_number, group_number, bound_lower, bound_upper
    from {{ ref('int_measure_crude_bound') }}
),

bounded as (
    select
        {{ aliased(counted, 'comparison') }},
        person_bound.cell_number is not null as has_person_bound,
        person_bound.bound_lower as person_lowest,
        person_bound.bound_upper as person_highest
    from comparison
    left join person_bound
        on
            person_bound.cell_number = comparison.cell_number
            and person_bound.group_number = comparison.group_number
),

valued as (
    select
        {{ kept | join(', ') }},
        case when not is_guarded then {{ safe_divide(*own) }} end as value,
        case
            when is_guarded then cast(null as double)
            when measure_type = 'rate'
                then {{ safe_divide(stat_clustered_lower('numerator', 'numerator_sq'), 'denominator') }}
            else {{ stat_wilson_lower(*own) }}
        end as value_lower,
        case
            when is_guarded then cast(null as double)
            when measure_type = 'rate'
                then {{ safe_divide(stat_clustered_upper('numerator', 'numerator_sq'), 'denominator') }}
            else {{ stat_wilson_upper(*own) }}
        end as value_upper,
        {{ safe_divide('reference_numerator', 'reference_denominator') }} as reference_value,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'rate'
                then {{ safe_divide(
                    stat_clustered_lower('reference_numerator', 'reference_sq'), 'reference_denominator'
                ) }}
            when measure_type = 'likelihood' then {{ stat_wilson_lower(*reference) }}
        end as reference_lower,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'rate'
                then {{ safe_divide(
                    stat_clustered_upper('reference_numerator', 'reference_sq'), 'reference_denominator'
                ) }}
            when measure_type = 'likelihood' then {{ stat_wilson_upper(*reference) }}
        end as reference_upper
    from bounded
),

-- The reference of a share is a census: it has no sampling error of its own.
compared as (
    select
        {{ kept | join(', ') }},
        value,
        value_lower,
        value_upper,
        reference_value,
        case when is_compared then {{ safe_divide('value', 'reference_value') }} end as ratio,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'share' then {{ safe_divide('value_lower', 'reference_value') }}
            when measure_type = 'rate' then {{ stat_clustered_rate_ratio_lower(*clustered) }}
            else {{ stat_risk_ratio_lower(*both) }}
        end as ratio_lower,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'share' then {{ safe_divide('value_upper', 'reference_value') }}
            when measure_type = 'rate' then {{ stat_clustered_rate_ratio_upper(*clustered) }}
            else {{ stat_risk_ratio_upper(*both) }}
        end as ratio_upper,
        case when is_compared then value - reference_value end as difference,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'share' then value_lower - reference_value
            else {{ stat_square_and_add_lower('value', 'value_lower', 'reference_value', 'reference_upper') }}
        end as difference_lower,
        case
            when not is_compared then cast(null as double)
            when measure_type = 'share' then value_upper - reference_value
            else {{ stat_square_and_add_upper('value', 'value_upper', 'reference_value', 'reference_lower') }}
        end as difference_upper,
        case measure_type
            when 'share' then denominator * reference_value
            else least(denominator, reference_denominator) * {{ safe_divide(
                'numerator_people + reference_people', 'denominator + reference_denominator'
            ) }}
        end as expected_people
    from valued
),

questioned as (
    select
        {{ kept | join(', ') }},
        value,
        value_lower,
        value_upper,
        reference_value,
        ratio,
        ratio_lower,
        ratio_upper,
        difference,
        difference_lower,
        difference_upper,
        expected_people,
        {{ bounds_of_counts() }},
        {{ split_counts('5e-1', '2e0', 'low') }},
        {{ split_counts('2e0', '5e-1', 'high') }}
    from compared
)

select
    cell_number,
    group_number,
    is_compared,
    numerator,
    denominator,
    cast(numerator_people as bigint) as numerator_people,
    cast(denominator_people as bigint) as denominator_people,
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
    case when difference is not null then numerator - denominator * reference_value end as excess_count,
    unknown_numerator,
    unknown_denominator,
    unknown_share,
    {{ bounds_of_ratio('ratio') }},
    {{ stat_rate_ratio('low_numerator', 'low_denominator', 'low_reference_numerator', 'low_reference_denominator') }}
    * {{ safe_divide('ratio_lower', 'ratio') }} as plausible_lower,
    {{ stat_rate_ratio(
        'high_numerator', 'high_denominator', 'high_reference_numerator', 'high_reference_denominator'
    ) }}
    * {{ safe_divide('ratio_upper', 'ratio') }} as plausible_upper,
    case
        when ratio is null then cast(null as double)
        when measure_type = 'likelihood' then {{ stat_tipping_risk(*(both + ('unknown_numerator',))) }}
        when measure_type = 'rate' and unknown_denominator = 0e0
            then {{ stat_tipping_rate(*(both + ('unknown_numerator',))) }}
        when measure_type = 'share' and ratio < 1e0 then {{ stat_tipping_share(
            'denominator * reference_value - numerator', 'unknown_numerator'
        ) }}
    end as tipping_point,
    case
        when ratio is null then cast(null as double)
        when measure_type = 'likelihood' then {{ stat_detectable_ratio(stat_detectable_ratio_risk_error(*both)) }}
        when measure_type = 'rate' then {{ stat_detectable_ratio(
            stat_detectable_ratio_rate_error(*both)
            ~ ' * ' ~ safe_sqrt(safe_divide('numerator_sq + reference_sq', 'numerator + reference_numerator'))
        ) }}
        else {{ stat_detectable_ratio(stat_detectable_ratio_share_error('denominator', 'reference_value')) }}
    end as detectable_ratio,
    coalesce(
        expected_people >= 5e0 and numerator > 0e0 and reference_numerator > 0e0 and ratio_lower is not null, false
    ) as has_enough_people,
    is_modelled,
    not is_modelled
    or coalesce(
        measure_type = 'share'
        and (value_lower > reference_value) = (value_lower > observed_share)
        and (value_upper < reference_value) = (value_upper < observed_share)
        and (
            value_lower > reference_value
            or value_upper < reference_value
            or {{ is_similar('value_lower', 'value_upper', 'reference_value') }}
            = {{ is_similar('value_lower', 'value_upper', 'observed_share') }}
        ),
        false
    ) as is_corroborated,
    concat_ws(
        '|',
        case when value_lower is not null then case when measure_type = 'rate' then 'byar_exact' else 'wilson' end end,
        case
            when ratio_lower is null or measure_type = 'share' then cast(null as {{ dbt.type_string() }})
            when measure_type = 'rate' then 'log_rate_ratio'
            else 'log_risk_ratio'
        end,
        case
            when difference_lower is null or measure_type = 'share' then cast(null as {{ dbt.type_string() }})
            when measure_type = 'rate' then 'mover'
            else 'newcombe'
        end,
        case when measure_type = 'rate' and value_lower is not null and numerator_sq > numerator then 'clustered' end,
        case when is_modelled then 'modelled_ages' end,
        case
            when is_guarded then 'not_in_code_set'
            when is_unknown then 'unknown_group'
            when is_reference then 'reference_group'
        end,
        case when value is null and not is_guarded then 'no_denominator' end,
        case
            when not is_compared or value is null then cast(null as {{ dbt.type_string() }})
            when coalesce(reference_numerator, 0e0) = 0e0 then 'zero_reference'
            when numerator = 0e0 then 'zero_numerator'
        end
    ) as method
from questioned
