{%- set key = result_columns() -%}
with cell as (
    select cell_number, {{ key | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

stratum as (
    select stratum_number, stratification, stratum
    from {{ ref('int_measure_stratum') }}
),

member as (
    select group_number, measure_id, basis, is_broad, ethnicity_code
    from {{ ref('int_measure_member') }}
),

counted as (
    select
        cell.cell_number,
        cell.measure_id,
        cell.basis,
        cell.unit_level,
        coalesce(stratum.stratum_number, 0) as stratum_number,
        counts.ethnicity_code,
        {{ aliased(count_columns(), 'counts') }},
        counts.is_modelled
    from {{ ref('int_measure_count') }} as counts
    inner join cell on {{ same_columns(key, 'cell', 'counts') }}
    left join stratum on stratum.stratification = counts.stratification and stratum.stratum = counts.stratum
    where counts.ethnicity_rule = 'preferred'
),

-- Single groups are too small to be compared within strata or below the division.
grouped as (
    select
        counted.cell_number,
        counted.stratum_number,
        member.group_number,
        {{ aliased(count_columns(), 'counted') }},
        counted.is_modelled
    from counted
    inner join member
        on
            member.measure_id = counted.measure_id
            and member.basis = counted.basis
            and member.ethnicity_code = counted.ethnicity_code
    where
        member.is_broad
        or (counted.stratum_number = 0 and counted.unit_level in ('organisation', 'division'))
)

select
    cell_number,
    stratum_number,
    group_number,
    {%- for column in ['numerator', 'denominator', 'numerator_sq', 'event_denominator'] %}
    {{ stable_sum(column) }} as {{ column }},
    {%- endfor %}
    {%- for column in ['numerator_people', 'denominator_people'] %}
    cast(sum({{ column }}) as bigint) as {{ column }},
    {%- endfor %}
    max(is_modelled) as is_modelled
from grouped
group by cell_number, stratum_number, group_number
