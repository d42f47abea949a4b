with cell as (
    select cell_number, measure_id, basis
    from {{ ref('int_measure_cell') }}
),

group_count as (
    select
        cell_number, stratification, stratum, declared_group_number, {{ count_columns() | join(', ') }}, is_modelled
    from {{ ref('int_measure_group_count') }}
    where stratification <> 'none'
),

declared_group as (
    select
        declared_group_number, measure_id, measure_type, basis, grouping, group_code, reference_group_code,
        reference_group_number, is_unknown
    from {{ ref('int_measure_declared_group') }}
    where not is_guarded
),

standard as (
    select measure_id, stratification, stratum, weight
    from {{ ref('int_measure_standard') }}
),

total as (
    select
        group_count.cell_number,
        group_count.stratification,
        group_count.stratum,
        cell.measure_id,
        cell.basis,
        {%- for unknown, name in [('', 'known'), ('not ', 'unknown')] %}
        {%- for column in ['numerator', 'denominator', 'event_denominator'] %}
        {{ stable_sum(
            'case when ' ~ unknown ~ 'not declared_group.is_unknown then group_count.' ~ column ~ ' else 0e0 end'
        ) }} as {{ name }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        max(group_count.is_modelled) as is_modelled
    from group_count
    inner join cell on cell.cell_number = group_count.cell_number
    inner join declared_group on declared_group.declared_group_number = group_count.declared_group_number
    where declared_group.grouping = 'white_bme'
    group by
        group_count.cell_number, group_count.stratification, group_count.stratum, cell.measure_id, cell.basis
),

paired as (
    select
        total.cell_number,
        total.stratification,
        total.stratum,
        declared_group.measure_type,
        declared_group.grouping,
        declared_group.group_code,
        declared_group.reference_group_code,
        coalesce(own.numerator, 0e0) as numerator,
        coalesce(own.denominator, 0e0) as denominator,
        coalesce(own.numerator_people, 0) as numerator_people,
        coalesce(own.numerator_sq, 0e0) as numerator_sq,
        coalesce(white.numerator, 0e0) as reference_numerator,
        coalesce(white.denominator, 0e0) as reference_denominator,
        coalesce(white.numerator_people, 0) as reference_people,
        coalesce(white.numerator_sq, 0e0) as reference_sq,
        total.known_numerator,
        total.known_denominator,
        total.unknown_numerator,
        total.unknown_denominator,
        total.unknown_event_denominator,
        standard.weight,
        total.is_modelled
    from total
    inner join declared_group
        on
            declared_group.measure_id = total.measure_id
            and declared_group.basis = total.basis
            and not declared_group.is_unknown
            and declared_group.group_code <> declared_group.reference_group_code
            and declared_group.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
    left join group_count as own
        on
            own.cell_number = total.cell_number
            and own.stratification = total.stratification
            and own.stratum = total.stratum
            and own.declared_group_number = declared_group.declared_group_number
    left join group_count as white
        on
            white.cell_number = total.cell_number
            and white.stratification = total.stratification
            and white.stratum = total.stratum
            and white.declared_group_number = declared_group.reference_group_number
    left join standard
        on
            standard.measure_id = total.measure_id
            and standard.stratification = total.stratification
            and standard.stratum = total.stratum
)

select
    cell_number,
    stratification,
    stratum,
    measure_type,
    grouping,
    group_code,
    reference_group_code,
    numerator,
    denominator,
    numerator_people,
    numerator_sq,
    reference_numerator,
    reference_denominator,
    reference_people,
    reference_sq,
    known_numerator,
    known_denominator,
    unknown_numerator,
    unknown_denominator,
    {{ unknown_moved() }} as unknown_moved,
    {{ unknown_eventless() }} as unknown_eventless,
    weight,
    is_modelled
from paired
