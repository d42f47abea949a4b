{%- set key = ['cell_number', 'stratification', 'grouping', 'group_code'] -%}
{%- set expected = 'denominator * ' ~ safe_divide('reference_numerator', 'reference_denominator') -%}
with pair as (
    select
        {{ key | join(', ') }},
        numerator,
        denominator,
        reference_numerator,
        reference_denominator,
        known_numerator,
        known_denominator,
        unknown_numerator,
        unknown_denominator,
        unknown_eventless,
        measure_type,
        weight,
        is_modelled
    from {{ ref('int_measure_stratum') }}
    where weight is not null
),

split as (
    select
        {{ key | join(', ') }},
        numerator,
        denominator,
        reference_numerator,
        reference_denominator,
        unknown_numerator,
        weight,
        is_modelled,
        {{ split_counts('5e-1', '2e0', 'low') }},
        {{ split_counts('2e0', '5e-1', 'high') }}
    from pair
)

select
    {{ key | join(', ') }},
    cast(sum(case when denominator > 0e0 and reference_denominator > 0e0 then 1 else 0 end) as bigint) as strata_used,
    cast(sum(
        case when (denominator > 0e0) <> (reference_denominator > 0e0) then 1 else 0 end
    ) as bigint) as strata_empty,
    max(is_modelled) as is_modelled,
    {{ stable_sum('numerator') }} as observed,
    {{ stable_sum(expected) }} as expected,
    {{ stable_sum('denominator * ' ~ safe_divide(
        'reference_numerator + unknown_numerator', 'reference_denominator'
    )) }} as expected_highest,
    {{ stable_sum('unknown_numerator') }} as unknown_numerator,
    {{ stable_sum('low_numerator') }} as low_observed,
    {{ stable_sum('high_numerator') }} as high_observed,
    {%- for split in ['low', 'high'] %}
    {{ stable_sum('denominator * ' ~ safe_divide(split ~ '_reference_numerator', 'reference_denominator')) }}
        as {{ split }}_expected,
    {%- endfor %}
    {{ stat_dsr('numerator', 'denominator', 'weight') }} as rate,
    {{ stat_dsr_lower('numerator', 'denominator', 'weight') }} as rate_lower,
    {{ stat_dsr_upper('numerator', 'denominator', 'weight') }} as rate_upper,
    {{ stat_dsr_variance('numerator', 'denominator', 'weight') }} as rate_variance,
    {{ stat_dsr('reference_numerator', 'reference_denominator', 'weight') }} as reference_rate,
    {{ stat_dsr_lower('reference_numerator', 'reference_denominator', 'weight') }} as reference_rate_lower,
    {{ stat_dsr_upper('reference_numerator', 'reference_denominator', 'weight') }} as reference_rate_upper,
    {{ stat_dsr_variance('reference_numerator', 'reference_denominator', 'weight') }} as reference_rate_variance,
    {{ stat_dsr('numerator + unknown_numerator', 'denominator', 'weight') }} as rate_highest,
    {{ stat_dsr('reference_numerator + unknown_numerator', 'reference_denominator', 'weight') }}
        as reference_rate_highest,
    {{ stat_dsr('low_numerator', 'denominator', 'weight') }} as low_rate,
    {{ stat_dsr('low_reference_numerator', 'reference_denominator', 'weight') }} as low_reference_rate,
    {{ stat_dsr('high_numerator', 'denominator', 'weight') }} as high_rate,
    {{ stat_dsr('high_reference_numerator', 'reference_denominator', 'weight') }} as high_reference_rate
from split
group by {{ key | join(', ') }}
