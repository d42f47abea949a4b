{%- set key = ['cell_number', 'group_number'] -%}
{%- set counts = [
    'numerator', 'denominator', 'reference_numerator', 'reference_denominator', 'unknown_numerator',
    'unknown_denominator', 'unknown_share',
] -%}
{%- set of_crude = [
    'is_compared', 'denominator_people', 'crude_lower', 'crude_upper', 'crude_plausible_lower', 'crude_plausible_upper',
] -%}
{%- set pooled_columns = [
    'ratio', 'ratio_lower', 'ratio_upper', 'strata_used', 'strata_empty', 'bound_lower', 'bound_upper', 'split_low',
    'split_high', 'tipping_point', 'expected_people', 'is_modelled',
] -%}
{%- set limits = (
    'crude.value', 'crude.value_lower', 'crude.value_upper', 'pooled.ratio', 'pooled.ratio_lower', 'pooled.ratio_upper',
) -%}
{%- set pooled_limits = (
    'pooled.value', 'pooled.value_lower', 'pooled.value_upper', 'pooled.ratio', 'pooled.ratio_lower',
    'pooled.ratio_upper',
) -%}
with crude as (
    select
        {{ (key + counts) | join(', ') }},
        numerator_people,
        is_compared,
        denominator_people,
        value,
        value_lower,
        value_upper,
        ratio_lower as crude_lower,
        ratio_upper as crude_upper,
        plausible_lower as crude_plausible_lower,
        plausible_upper as crude_plausible_upper
    from {{ ref('int_measure_crude') }}
    where is_compared
),

stratification as (
    select distinct stratification_number, stratification
    from {{ ref('int_measure_stratum') }}
),

adjustment as (
    select
        cell.cell_number,
        ref.adjustment,
        stratification.stratification_number,
        ref.estimator
    from {{ ref('int_measure_cell') }} as cell
    inner join {{ ref('measure_catalogue') }} as catalogue on catalogue.measure_id = cell.measure_id
    inner join {{ ref('ref_adjustment') }} as ref
        on {{ in_list('ref.adjustment', "coalesce(catalogue.adjustments, '')") }}
    inner join stratification on stratification.stratification = ref.stratification
),

-- The reference of an adjusted ratio is what the group would have had at the rates of the reference in its strata.
mantel_haenszel as (
    select
        {{ aliased(key + of_crude + counts, 'crude') }},
        adjustment.adjustment,
        crude.numerator_people,
        crude.value,
        crude.value_lower,
        crude.value_upper,
        {{ safe_divide('crude.value', 'pooled.ratio') }} as reference_value,
        {{ aliased(pooled_columns, 'pooled') }},
        {{ stat_adjusted_difference_lower(*limits) }} as difference_lower,
        {{ stat_adjusted_difference_upper(*limits) }} as difference_upper,
        pooled.events_used * (1e0 - {{ safe_divide('1e0', 'pooled.ratio') }}) as excess_count,
        concat_ws(
            '|',
            'mantel_haenszel',
            case when pooled.ratio_lower is not null then 'mover' end,
            case when pooled.is_clustered then 'clustered' end,
            case when pooled.homogeneity < 5e-2 then 'heterogeneous' end
        ) as method
    from {{ ref('int_measure_mantel_haenszel') }} as pooled
    inner join adjustment
        on
            adjustment.cell_number = pooled.cell_number
            and adjustment.stratification_number = pooled.stratification_number
            and adjustment.estimator = 'mantel_haenszel'
    inner join crude on {{ same_columns(key, 'crude', 'pooled') }}
),

-- Who is of unknown age or sex stands in no stratum: a standardised row counts the others, and says so.
standardised as (
    select
        {{ aliased(key + of_crude, 'crude') }},
        {{ aliased(counts, 'pooled') }},
        adjustment.adjustment,
        least(pooled.numerator_people, crude.numerator_people) as numerator_people,
        pooled.value,
        pooled.value_lower,
        pooled.value_upper,
        pooled.reference_value,
        {{ aliased(pooled_columns, 'pooled') }},
        case
            when pooled.estimator = 'direct' then pooled.difference_lower
            else {{ stat_adjusted_difference_lower(*pooled_limits) }}
        end as difference_lower,
        case
            when pooled.estimator = 'direct' then pooled.difference_upper
            else {{ stat_adjusted_difference_upper(*pooled_limits) }}
        end as difference_upper,
        case when pooled.value - pooled.reference_value is not null then pooled.excess_count end as excess_count,
        concat_ws(
            '|',
            pooled.estimator,
            case when pooled.ratio_lower is not null then 'mover' end,
            case when pooled.ratio_lower is not null then 'clustered' end,
            case
                when pooled.estimator = 'indirect' or pooled.ratio is not null
                    then cast(null as {{ dbt.type_string() }})
                when least(pooled.numerator, pooled.reference_numerator) < 10e0 then 'too_few_events'
                else 'empty_stratum'
            end,
            case
                when
                    pooled.events_in_strata
                    < crude.numerator + coalesce(crude.reference_numerator, 0e0) + crude.unknown_numerator
                    then 'strata_unknown'
            end,
            case when pooled.is_modelled then 'modelled_ages' end
        ) as method
    from {{ ref('int_measure_standardised') }} as pooled
    inner join adjustment
        on
            adjustment.cell_number = pooled.cell_number
            and adjustment.stratification_number = pooled.stratification_number
            and adjustment.estimator = pooled.estimator
    inner join crude on {{ same_columns(key, 'crude', 'pooled') }}
),

figure as (
    {%- for kind in ['mantel_haenszel', 'standardised'] %}
    select
        {{ (key + of_crude + counts + pooled_columns) | join(', ') }},
        adjustment,
        numerator_people,
        value,
        value_lower,
        value_upper,
        reference_value,
        difference_lower,
        difference_upper,
        excess_count,
        method
    from {{ kind }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    cell_number,
    adjustment,
    group_number,
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
    value - reference_value as difference,
    difference_lower,
    difference_upper,
    excess_count,
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
    coalesce(expected_people >= 5e0, false) and ratio_lower is not null as has_enough_people,
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
