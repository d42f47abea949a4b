{{ config(materialized='view') }}
{%- set key = ['measure_id', 'basis', 'period_type', 'period_start', 'organisation_code'] -%}
with cell as (
    select
        cell_number,
        {{ key | join(', ') }},
        all_numerator,
        all_denominator,
        all_people,
        unknown_numerator,
        unknown_denominator,
        unknown_event_denominator
    from {{ ref('int_measure_cell') }}
),

cell_group as (
    select cell_number, group_number
    from {{ ref('int_measure_cell_group') }}
),

counted_group as (
    select
        group_number, measure_type, reference_group_number, is_reference, is_unknown, is_guarded, is_compared
    from {{ ref('int_measure_counted_group') }}
),

group_count as (
    select cell_number, group_number, {{ count_columns() | join(', ') }}, is_modelled
    from {{ ref('int_measure_group_count') }}
    where stratum_number = 0
),

member as (
    select group_number, measure_id, basis, ethnicity_code
    from {{ ref('int_measure_member') }}
),

reference_count as (
    select {{ key | join(', ') }}, ethnicity_code, reference_count, observed_count, is_modelled
    from {{ ref('int_measure_reference') }}
    where ethnicity_rule = 'preferred'
),

resident_total as (
    select
        {{ key | join(', ') }},
        {{ stable_sum('reference_count') }} as reference_count,
        {{ stable_sum('observed_count') }} as observed_count
    from reference_count
    group by {{ key | join(', ') }}
),

resident_group as (
    select
        {{ aliased(key, 'reference_count') }},
        member.group_number,
        {{ stable_sum('reference_count.reference_count') }} as reference_count,
        {{ stable_sum('reference_count.observed_count') }} as observed_count,
        max(reference_count.is_modelled) as is_modelled
    from reference_count
    inner join member
        on
            member.measure_id = reference_count.measure_id
            and member.basis = reference_count.basis
            and member.ethnicity_code = reference_count.ethnicity_code
    group by {{ aliased(key, 'reference_count') }}, member.group_number
),

resident as (
    select
        {{ aliased(key, 'resident_group') }},
        resident_group.group_number,
        resident_group.reference_count as reference_numerator,
        resident_total.reference_count as reference_denominator,
        {{ safe_divide('resident_group.observed_count', 'resident_total.observed_count') }} as observed_share,
        resident_group.is_modelled
    from resident_group
    inner join resident_total on {{ same_columns(key, 'resident_total', 'resident_group') }}
),

counted_cell as (
    select
        cell.cell_number,
        {{ aliased(key, 'cell') }},
        cell.all_numerator,
        cell.all_denominator,
        cell.all_people,
        cell.unknown_numerator,
        cell.unknown_denominator,
        cell.unknown_event_denominator,
        counted_group.group_number,
        counted_group.measure_type,
        counted_group.reference_group_number,
        counted_group.is_reference,
        counted_group.is_unknown,
        counted_group.is_guarded,
        counted_group.is_compared
    from cell_group
    inner join cell on cell.cell_number = cell_group.cell_number
    inner join counted_group on counted_group.group_number = cell_group.group_number
),

counted as (
    select
        counted_cell.cell_number,
        counted_cell.group_number,
        counted_cell.measure_type,
        counted_cell.is_reference,
        counted_cell.is_unknown,
        counted_cell.is_guarded,
        counted_cell.is_compared,
        coalesce(own.numerator, 0e0) as numerator,
        coalesce(own.numerator_people, 0) as numerator_people,
        coalesce(own.numerator_sq, 0e0) as numerator_sq,
        case
            when counted_cell.measure_type = 'share' then counted_cell.all_denominator
            else coalesce(own.denominator, 0e0)
        end as denominator,
        case
            when counted_cell.measure_type = 'share' then counted_cell.all_people
            else coalesce(own.denominator_people, 0)
        end as denominator_people,
        resident.reference_numerator as resident_numerator,
        resident.reference_denominator as resident_denominator,
        white.numerator as white_numerator,
        white.denominator as white_denominator,
        coalesce(white.numerator_people, 0) as reference_people,
        coalesce(white.numerator_sq, 0e0) as reference_sq,
        resident.observed_share,
        counted_cell.all_numerator - counted_cell.unknown_numerator as known_numerator,
        counted_cell.all_denominator - counted_cell.unknown_denominator as known_denominator,
        counted_cell.unknown_numerator,
        counted_cell.unknown_denominator,
        counted_cell.unknown_event_denominator,
        counted_cell.all_numerator,
        counted_cell.all_denominator,
        coalesce(own.is_modelled, false) or coalesce(resident.is_modelled, false)
        or coalesce(white.is_modelled, false) as is_modelled
    from counted_cell
    left join group_count as own
        on
            own.cell_number = counted_cell.cell_number
            and own.group_number = counted_cell.group_number
    left join group_count as white
        on
            white.cell_number = counted_cell.cell_number
            and white.group_number = counted_cell.reference_group_number
    left join resident
        on
            {{ same_columns(key, 'resident', 'counted_cell') }}
            and resident.group_number = counted_cell.group_number
)

select
    cell_number,
    group_number,
    measure_type,
    is_reference,
    is_unknown,
    is_guarded,
    is_compared,
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    numerator_sq,
    case when measure_type = 'share' then resident_numerator else white_numerator end as reference_numerator,
    case when measure_type = 'share' then resident_denominator else white_denominator end as reference_denominator,
    reference_people,
    reference_sq,
    observed_share,
    known_numerator,
    known_denominator,
    unknown_numerator,
    unknown_denominator,
    {{ unknown_moved() }} as unknown_moved,
    {{ unknown_eventless() }} as unknown_eventless,
    case
        when measure_type = 'rate' then {{ safe_divide('unknown_numerator', 'all_numerator') }}
        else {{ safe_divide('unknown_denominator', 'all_denominator') }}
    end as unknown_share,
    is_modelled
from counted
