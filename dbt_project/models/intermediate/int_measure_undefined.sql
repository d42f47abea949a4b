{{ config(materialized='view') }}
{%- set given = [
    'cell_number', 'adjustment', 'declared_group_number', 'is_compared', 'numerator', 'denominator', 'numerator_people',
    'denominator_people', 'unknown_numerator', 'unknown_denominator', 'has_enough_people', 'is_modelled',
    'is_corroborated', 'method',
] -%}
with undefined_cell as (
    select {{ result_columns() | join(', ') }}, reason
    from {{ ref('int_measure_undefined_cell') }}
),

cell as (
    select cell_number, {{ result_columns() | join(', ') }}
    from {{ ref('int_measure_cell') }}
    where all_denominator is null
),

declared_group as (
    select declared_group_number, measure_id, basis, grouping, group_code, reference_group_code, is_unknown
    from {{ ref('int_measure_declared_group') }}
),

catalogue as (
    select measure_id, headline_grouping
    from {{ ref('measure_catalogue') }}
),

-- Of each cell the groups of the headline only: there is nothing more to read in the others.
stated as (
    select
        cell.cell_number,
        'crude' as adjustment,
        declared_group.declared_group_number,
        false as is_compared,
        0e0 as numerator,
        0e0 as denominator,
        cast(0 as bigint) as numerator_people,
        cast(0 as bigint) as denominator_people,
        0e0 as unknown_numerator,
        0e0 as unknown_denominator,
        false as has_enough_people,
        false as is_modelled,
        true as is_corroborated,
        concat_ws(
            '|',
            undefined_cell.reason,
            case
                when declared_group.is_unknown then 'unknown_group'
                when declared_group.group_code = declared_group.reference_group_code then 'reference_group'
            end
        ) as method
    from undefined_cell
    inner join cell on {{ same_columns(result_columns(), 'cell', 'undefined_cell') }}
    inner join catalogue on catalogue.measure_id = cell.measure_id
    inner join declared_group
        on
            declared_group.measure_id = cell.measure_id
            and declared_group.basis = cell.basis
            and (
                declared_group.grouping = 'white_bme' or declared_group.grouping = catalogue.headline_grouping
            )
)

select {{ figure_of(given) }}
from stated
