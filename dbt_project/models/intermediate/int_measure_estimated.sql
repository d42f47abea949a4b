{{ config(materialized='view') }}
with estimate as (
    {%- for measure_id in var('estimate_measures') %}
    select
        {{ result_columns() | join(', ') }},
        grouping,
        group_code,
        value,
        value_lower,
        value_upper,
        split_low,
        split_high,
        bound_lower,
        bound_upper,
        base,
        base_people,
        method
    from {{ ref('int_estimate_' ~ measure_id) }}
    where ethnicity_rule = 'preferred'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

cell as (
    select cell_number, {{ result_columns() | join(', ') }}, all_denominator, unknown_denominator
    from {{ ref('int_measure_cell') }}
    where all_numerator is null and all_denominator is not null
),

declared_group as (
    select group_number, measure_id, basis, grouping, group_code, reference_group_code, is_reference, is_compared
    from {{ ref('int_measure_declared_group') }}
    where is_first_of_number
),

given as (
    select
        cell.cell_number,
        estimate.grouping,
        estimate.group_code,
        estimate.value,
        estimate.value_lower,
        estimate.value_upper,
        estimate.split_low,
        estimate.split_high,
        estimate.bound_lower,
        estimate.bound_upper,
        estimate.base,
        estimate.base_people,
        estimate.method
    from estimate
    inner join cell on {{ same_columns(result_columns(), 'cell', 'estimate') }}
),

compared as (
    select
        cell.cell_number,
        declared_group.group_number,
        declared_group.is_reference,
        declared_group.is_compared,
        cast(coalesce(own.base, 0) as double) as denominator,
        coalesce(own.base_people, 0) as base_people,
        own.value,
        own.value_lower,
        own.value_upper,
        own.bound_lower,
        own.bound_upper,
        {{ safe_divide('own.split_low', 'white.split_high') }} as split_low,
        {{ safe_divide('own.split_high', 'white.split_low') }} as split_high,
        cast(coalesce(white.base, 0) as double) as reference_denominator,
        coalesce(white.base_people, 0) as reference_people,
        white.value as reference_value,
        white.value_lower as reference_lower,
        white.value_upper as reference_upper,
        cell.unknown_denominator,
        {{ safe_divide('cell.unknown_denominator', 'cell.all_denominator') }} as unknown_share,
        own.method
    from cell
    inner join declared_group
        on declared_group.measure_id = cell.measure_id and declared_group.basis = cell.basis
    left join given as own
        on
            own.cell_number = cell.cell_number
            and own.grouping = declared_group.grouping
            and own.group_code = declared_group.group_code
    left join given as white
        on
            white.cell_number = cell.cell_number
            and white.grouping = declared_group.grouping
            and white.group_code = declared_group.reference_group_code
),

related as (
    select
        cell_number,
        group_number,
        is_reference,
        is_compared,
        denominator,
        base_people,
        value,
        value_lower,
        value_upper,
        bound_lower,
        bound_upper,
        split_low,
        split_high,
        reference_denominator,
        reference_people,
        reference_value,
        reference_lower,
        reference_upper,
        unknown_denominator,
        unknown_share,
        method,
        case when is_compared then {{ safe_divide('value', 'reference_value') }} end as ratio,
        {{ stat_estimate_ratio_error(
            'value_lower', 'value_upper', 'base_people', 'reference_lower', 'reference_upper', 'reference_people'
        ) }} as error
    from compared
)

select
    cell_number,
    group_number,
    is_compared,
    cast(null as double) as numerator,
    denominator,
    cast(null as bigint) as numerator_people,
    cast(base_people as bigint) as denominator_people,
    value,
    value_lower,
    value_upper,
    cast(null as double) as reference_numerator,
    reference_denominator,
    reference_value,
    ratio,
    ratio * exp(-{{ stat_z() }} * error) as ratio_lower,
    ratio * exp({{ stat_z() }} * error) as ratio_upper,
    case when is_compared then value - reference_value end as difference,
    case
        when is_compared
            then {{ stat_square_and_add_lower('value', 'value_lower', 'reference_value', 'reference_upper') }}
    end as difference_lower,
    case
        when is_compared
            then {{ stat_square_and_add_upper('value', 'value_upper', 'reference_value', 'reference_lower') }}
    end as difference_upper,
    cast(null as double) as excess_count,
    cast(null as double) as unknown_numerator,
    unknown_denominator,
    unknown_share,
    case when ratio < bound_lower or unknown_denominator = 0e0 then ratio else bound_lower end as bound_lower,
    case when ratio > bound_upper or unknown_denominator = 0e0 then ratio else bound_upper end as bound_upper,
    case when unknown_denominator = 0e0 then ratio else split_low end * exp(-{{ stat_z() }} * error) as plausible_lower,
    case when unknown_denominator = 0e0 then ratio else split_high end * exp({{ stat_z() }} * error) as plausible_upper,
    cast(null as double) as tipping_point,
    case when is_compared then {{ stat_detectable_ratio('error') }} end as detectable_ratio,
    base_people >= 10 and reference_people >= 10 and error is not null as has_enough_people,
    false as is_modelled,
    true as is_corroborated,
    concat_ws(
        '|',
        method,
        case when ratio is not null and error is not null then 'log_ratio_of_estimates' end,
        case
            when not is_compared and is_reference then 'reference_group'
            when not is_compared then 'unknown_group'
        end,
        case when value is null then 'no_denominator' end
    ) as method
from related
