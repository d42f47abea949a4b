{%- set key = ['cell_number', 'group_number'] -%}
with person as (
    select
        cell_number,
        events_before as events_to,
        time_before as time_to,
        events_before + events as events_to_next,
        time_before + person_time as time_to_next,
        all_events,
        all_time
    from {{ ref('int_measure_unknown_person') }}
    where stratum_number = 0
),

listed as (
    select distinct cell_number, all_events, all_time
    from person
),

cell as (
    select cell_number, measure_id, basis, unknown_numerator, unknown_denominator
    from {{ ref('int_measure_cell') }}
),

counted_group as (
    select group_number, measure_id, basis, reference_group_number, is_elsewhere_open
    from {{ ref('int_measure_counted_group') }}
    where is_compared
),

group_count as (
    select cell_number, group_number, numerator, denominator
    from {{ ref('int_measure_group_count') }}
    where stratum_number = 0
),

-- Events that nobody's time comes with may go anywhere by themselves; so may the time of the unknown without events.
pair as (
    select
        listed.cell_number,
        counted_group.group_number,
        counted_group.is_elsewhere_open,
        own.numerator,
        own.denominator,
        white.numerator as reference_numerator,
        white.denominator as reference_denominator,
        greatest(cell.unknown_numerator - listed.all_events, 0e0) as loose_events,
        greatest(cell.unknown_denominator - listed.all_time, 0e0) as loose_time
    from listed
    inner join cell on cell.cell_number = listed.cell_number
    inner join counted_group
        on counted_group.measure_id = cell.measure_id and counted_group.basis = cell.basis
    inner join group_count as own
        on
            own.cell_number = listed.cell_number
            and own.group_number = counted_group.group_number
    inner join group_count as white
        on
            white.cell_number = listed.cell_number
            and white.group_number = counted_group.reference_group_number
),

split as (
    select
        {{ aliased(key, 'pair') }},
        {{ splits_of_people('pair', 'person') }},
        pair.is_elsewhere_open
    from pair
    inner join person on person.cell_number = pair.cell_number
)

select
    {{ key | join(', ') }},
    {{ bounds_of_splits() }}
from split
group by {{ key | join(', ') }}
