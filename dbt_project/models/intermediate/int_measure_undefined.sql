{{ config(materialized='view') }}
{%- set given = [
    'cell_number', 'group_number', 'is_compared', 'numerator', 'denominator', 'numerator_people',
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

counted_group as (
    select group_number, measure_id, basis, is_reference, is_unknown
    from {{ ref('int_measure_counted_group') }}
    where is_broad
),

-- Of each cell the broad groups only: there is nothing more to read in the others.
stated as (
    select
        cell.cell_number,
        counted_group.group_number,
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
                when counted_group.is_unknown then 'unknown_group'
                when counted_group.is_reference then 'reference_group'
            end
        ) as method
    from undefined_cell
    inner join cell on {{ same_columns(result_columns(), 'cell', 'undefined_cell') }}
    inner join counted_group on counted_group.measure_id = cell.measure_id and counted_group.basis = cell.basis
)

select {{ figure_of(given) }}
from stated
