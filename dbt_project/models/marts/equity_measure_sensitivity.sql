{%- set cell = [
    'measure_id', 'sensitivity', 'variant', 'basis', 'period_type', 'period_start', 'organisation_code',
] -%}
{%- set counts = ['measure_id', 'basis', 'period_type', 'period_start', 'organisation_code', 'ethnicity_code'] -%}
{%- set group = ['grouping', 'group_code'] -%}
{%- set own = ('numerator', 'denominator') -%}
{%- set reference = ('reference_numerator', 'reference_denominator') -%}
with measure as (
    select measure_id, measure_type, multiplier, ratio_direction, headline_grouping, headline_period_type
    from {{ ref('measure_catalogue') }}
),

ethnic_group as (
    select basis, grouping, ethnicity_code, group_code
    from {{ ref('int_measure_group') }}
),

area_count as (
    select {{ counts | join(', ') }}, variant, numerator, denominator
    from {{ ref('int_measure_area_count') }}
),

measure_of_residents as (
    select distinct measure_id
    from area_count
),

rule_count as (
    select
        {{ aliased(counts, 'counted') }},
        counted.ethnicity_rule,
        counted.numerator,
        counted.denominator
    from {{ ref('int_measure_count') }} as counted
    inner join measure
        on
            measure.measure_id = counted.measure_id
            and measure.headline_period_type = counted.period_type
    where
        counted.unit_level = 'organisation'
        and counted.breakdown = 'all'
        and counted.stratification = 'none'
        and counted.denominator_rule = 'own'
),

-- Each sensitivity holds the headline and what it could have been.
headline_count as (
    select
        {{ counts | join(', ') }},
        'ethnicity_rule' as sensitivity,
        ethnicity_rule as variant,
        numerator,
        denominator
    from rule_count
    union all
    select
        {{ aliased(counts, 'rule_count') }},
        'area' as sensitivity,
        'catchment' as variant,
        rule_count.numerator,
        rule_count.denominator
    from rule_count
    inner join measure_of_residents on measure_of_residents.measure_id = rule_count.measure_id
    where rule_count.ethnicity_rule = 'preferred'
    union all
    select
        {{ counts | join(', ') }},
        'area' as sensitivity,
        variant,
        numerator,
        denominator
    from area_count
),

headline_reference as (
    select
        {{ aliased(counts, 'referred') }},
        'ethnicity_rule' as sensitivity,
        referred.ethnicity_rule as variant,
        referred.reference_count
    from {{ ref('int_measure_reference') }} as referred
    inner join measure
        on
            measure.measure_id = referred.measure_id
            and measure.headline_period_type = referred.period_type
),

-- The groups of the headline, each with the one it is compared with.
declared_group as (
    select
        measure.measure_id,
        measure.measure_type,
        measure.multiplier,
        measure.ratio_direction,
        declared.basis,
        declared.grouping,
        declared.group_code,
        declared.reference_group_code,
        declared.is_guarded,
        declared.is_compared
    from measure
    inner join {{ ref('int_measure_declared_group') }} as declared on declared.measure_id = measure.measure_id
    where declared.grouping = 'white_bme' or declared.grouping = measure.headline_grouping
),

estimate as (
    {%- for measure_id in var('estimate_measures') %}
    select
        measure_id,
        'ethnicity_rule' as sensitivity,
        ethnicity_rule as variant,
        basis,
        period_type,
        period_start,
        organisation_code,
        grouping,
        group_code,
        value,
        base
    from {{ ref('int_estimate_' ~ measure_id) }}
    where unit_level = 'organisation'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

cell_total as (
    select {{ cell | join(', ') }}, {{ stable_sum('denominator') }} as denominator
    from headline_count
    group by {{ cell | join(', ') }}
    union all
    select distinct {{ aliased(cell, 'estimate') }}, cast(null as double) as denominator
    from estimate
    inner join measure
        on measure.measure_id = estimate.measure_id and measure.headline_period_type = estimate.period_type
),

-- What is counted of a group or, of a mean or median, the figure itself.
group_count as (
    select
        {{ aliased(cell, 'headline_count') }},
        {{ aliased(group, 'ethnic_group') }},
        {{ stable_sum('headline_count.numerator') }} as numerator,
        {{ stable_sum('headline_count.denominator') }} as denominator,
        cast(null as double) as estimate
    from headline_count
    inner join ethnic_group
        on
            ethnic_group.basis = headline_count.basis
            and ethnic_group.ethnicity_code = headline_count.ethnicity_code
    group by {{ aliased(cell, 'headline_count') }}, {{ aliased(group, 'ethnic_group') }}
    union all
    select
        {{ (cell + group) | join(', ') }},
        cast(null as double) as numerator,
        cast(base as double) as denominator,
        value as estimate
    from estimate
),

resident_total as (
    select {{ cell | join(', ') }}, {{ stable_sum('reference_count') }} as denominator
    from headline_reference
    group by {{ cell | join(', ') }}
),

resident_group as (
    select
        {{ aliased(cell, 'headline_reference') }},
        {{ aliased(group, 'ethnic_group') }},
        {{ stable_sum('headline_reference.reference_count') }} as numerator
    from headline_reference
    inner join ethnic_group
        on
            ethnic_group.basis = headline_reference.basis
            and ethnic_group.ethnicity_code = headline_reference.ethnicity_code
    group by {{ aliased(cell, 'headline_reference') }}, {{ aliased(group, 'ethnic_group') }}
),

compared as (
    select
        {{ aliased(cell, 'cell_total') }},
        {{ aliased(group, 'declared_group') }},
        declared_group.reference_group_code,
        declared_group.measure_type = 'rate' as is_rate,
        declared_group.ratio_direction = 'group_over_reference' as is_group_first,
        declared_group.is_guarded,
        declared_group.is_compared,
        declared_group.multiplier,
        declared_group.ratio_direction,
        declared_group.measure_type = 'estimate' as is_estimate,
        own.estimate,
        white.estimate as reference_estimate,
        case when declared_group.measure_type <> 'estimate' then coalesce(own.numerator, 0e0) end as numerator,
        case
            when declared_group.measure_type = 'share' then cell_total.denominator
            else coalesce(own.denominator, 0e0)
        end as denominator,
        case
            when declared_group.measure_type = 'share' then resident_group.numerator else white.numerator
        end as reference_numerator,
        case
            when declared_group.measure_type = 'share' then resident_total.denominator else white.denominator
        end as reference_denominator
    from cell_total
    inner join declared_group
        on
            declared_group.measure_id = cell_total.measure_id
            and declared_group.basis = cell_total.basis
    left join group_count as own
        on
            {{ same_columns(cell, 'own', 'cell_total') }}
            and {{ same_columns(group, 'own', 'declared_group') }}
    left join group_count as white
        on
            {{ same_columns(cell, 'white', 'cell_total') }}
            and white.grouping = declared_group.grouping
            and white.group_code = declared_group.reference_group_code
    left join resident_group
        on
            {{ same_columns(cell, 'resident_group', 'cell_total') }}
            and {{ same_columns(group, 'resident_group', 'declared_group') }}
    left join resident_total on {{ same_columns(cell, 'resident_total', 'cell_total') }}
),

figure as (
    select
        {{ (cell + group) | join(', ') }},
        reference_group_code,
        ratio_direction,
        numerator,
        denominator,
        multiplier * case
            when is_estimate then estimate
            when not is_guarded then {{ safe_divide(*own) }}
        end as value,
        multiplier * case when is_estimate then reference_estimate else {{ safe_divide(*reference) }} end
            as reference_value,
        case
            when not is_compared then cast(null as double)
            when is_estimate and is_group_first then {{ safe_divide('estimate', 'reference_estimate') }}
            when is_estimate then {{ safe_divide('reference_estimate', 'estimate') }}
            when is_rate and is_group_first then {{ stat_rate_ratio(*(own + reference)) }}
            when is_rate then {{ stat_rate_ratio(*(reference + own)) }}
            when is_group_first then {{ stat_risk_ratio(*(own + reference)) }}
            else {{ stat_risk_ratio(*(reference + own)) }}
        end as ratio
    from compared
)

{%- set over_variants = 'over (partition by ' ~ (cell + group) | reject('equalto', 'variant') | join(', ') ~ ')' %}

select
    measure_id,
    sensitivity,
    variant,
    basis,
    period_type,
    period_start,
    organisation_code,
    grouping,
    group_code,
    reference_group_code,
    variant in ('preferred', 'catchment') as is_headline,
    numerator,
    denominator,
    value,
    reference_value,
    ratio,
    ratio_direction,
    min(ratio) {{ over_variants }} as ratio_lowest,
    max(ratio) {{ over_variants }} as ratio_highest
from figure
