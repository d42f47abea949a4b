with cell as (
    select cell_number, measure_id, basis
    from {{ ref('int_measure_cell') }}
),

stratum as (
    select stratum_number, stratification_number, stratification, stratum, is_mantel_haenszel
    from {{ ref('int_measure_stratum') }}
),

group_count as (
    select cell_number, stratum_number, group_number, {{ count_columns() | join(', ') }}, is_modelled
    from {{ ref('int_measure_group_count') }}
    where stratum_number > 0
),

-- White, minority ethnic and the unknown are everybody, each once: totals are taken over them.
everybody_once as (
    select group_number, is_unknown
    from {{ ref('int_measure_declared_group') }}
    where grouping = 'white_bme'
),

compared_group as (
    select group_number, measure_id, measure_type, basis, reference_group_number
    from {{ ref('int_measure_counted_group') }}
    where is_compared and is_broad
),

standard as (
    select measure_id, stratification, stratum, weight
    from {{ ref('int_measure_standard') }}
),

total as (
    select
        group_count.cell_number,
        group_count.stratum_number,
        {%- for unknown, name in [('', 'known'), ('not ', 'unknown')] %}
        {%- for column in ['numerator', 'denominator', 'event_denominator'] %}
        {{ stable_sum(
            'case when ' ~ unknown ~ 'not everybody_once.is_unknown then group_count.' ~ column ~ ' else 0e0 end'
        ) }} as {{ name }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        max(group_count.is_modelled) as is_modelled
    from group_count
    inner join everybody_once on everybody_once.group_number = group_count.group_number
    group by group_count.cell_number, group_count.stratum_number
),

paired as (
    select
        total.cell_number,
        total.stratum_number,
        stratum.stratification_number,
        stratum.is_mantel_haenszel,
        compared_group.group_number,
        compared_group.reference_group_number,
        compared_group.measure_type,
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
    inner join cell on cell.cell_number = total.cell_number
    inner join stratum on stratum.stratum_number = total.stratum_number
    inner join compared_group
        on compared_group.measure_id = cell.measure_id and compared_group.basis = cell.basis
    left join group_count as own
        on
            own.cell_number = total.cell_number
            and own.stratum_number = total.stratum_number
            and own.group_number = compared_group.group_number
    left join group_count as white
        on
            white.cell_number = total.cell_number
            and white.stratum_number = total.stratum_number
            and white.group_number = compared_group.reference_group_number
    left join standard
        on
            standard.measure_id = cell.measure_id
            and standard.stratification = stratum.stratification
            and standard.stratum = stratum.stratum
)

select
    cell_number,
    stratum_number,
    stratification_number,
    is_mantel_haenszel,
    group_number,
    reference_group_number,
    measure_type,
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
