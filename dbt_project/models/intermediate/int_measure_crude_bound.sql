{%- set key = ['cell_number', 'grouping', 'group_code'] -%}
{%- set split = ('own', 'other', 'own_next', 'other_next', 'is_elsewhere_open') -%}
{%- set mirrored = ('own_rest', 'other_first', 'own_rest_next', 'other_first_next', 'is_elsewhere_open') -%}
with person as (
    select cell_number, events, person_time, events_before, time_before, all_events, all_time
    from {{ ref('int_measure_unknown_person') }}
    where stratification = 'none'
),

listed as (
    select distinct cell_number, all_events, all_time
    from person
),

cell as (
    select cell_number, measure_id, basis, unknown_numerator, unknown_denominator
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select measure_id, basis, grouping, group_code, reference_group_code
    from {{ ref('int_measure_declared_group') }}
    where not is_unknown and not is_guarded and group_code <> reference_group_code
),

group_count as (
    select cell_number, grouping, group_code, numerator, denominator
    from {{ ref('int_measure_group_count') }}
    where stratification = 'none'
),

-- Events that nobody's time comes with may go anywhere by themselves; so may the time of the unknown without events.
pair as (
    select
        listed.cell_number,
        own.grouping,
        own.group_code,
        {{ has_elsewhere('own.grouping') }} as is_elsewhere_open,
        own.numerator,
        own.denominator,
        white.numerator as reference_numerator,
        white.denominator as reference_denominator,
        greatest(cell.unknown_numerator - listed.all_events, 0e0) as loose_events,
        greatest(cell.unknown_denominator - listed.all_time, 0e0) as loose_time
    from listed
    inner join cell on cell.cell_number = listed.cell_number
    inner join declared_group
        on declared_group.measure_id = cell.measure_id and declared_group.basis = cell.basis
    inner join group_count as own
        on
            own.cell_number = listed.cell_number
            and own.grouping = declared_group.grouping
            and own.group_code = declared_group.group_code
    inner join group_count as white
        on
            white.cell_number = listed.cell_number
            and white.grouping = declared_group.grouping
            and white.group_code = declared_group.reference_group_code
),

-- The people before this one on one side, those after it on the other, and this one on either (`next`: on the first).
split as (
    select
        {{ aliased(key, 'pair') }},
        pair.is_elsewhere_open,
        {%- for side, first, rest in [('', 'own', 'own_rest'), ('reference_', 'other_first', 'other')] %}
        {%- for next, events, time in [
            ('', 'person.events_before', 'person.time_before'),
            ('_next', 'person.events_before + person.events', 'person.time_before + person.person_time'),
        ] %}
        {{ safe_divide(
            'pair.' ~ side ~ 'numerator + pair.loose_events + ' ~ events, 'pair.' ~ side ~ 'denominator + ' ~ time
        ) }} as {{ first }}{{ next }},
        {{ safe_divide(
            'pair.' ~ side ~ 'numerator + person.all_events - (' ~ events ~ ')',
            'pair.' ~ side ~ 'denominator + pair.loose_time + person.all_time - (' ~ time ~ ')'
        ) }} as {{ rest }}{{ next }}{{ ',' if not (loop.last and side) }}
        {%- endfor %}
        {%- endfor %}
    from pair
    inner join person on person.cell_number = pair.cell_number
)

select
    {{ key | join(', ') }},
    {{ stat_bound_split_lower(*mirrored) }} as bound_lower,
    {{ stat_bound_split_upper(*split) }} as bound_upper
from split
group by {{ key | join(', ') }}
