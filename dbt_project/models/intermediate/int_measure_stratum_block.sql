{%- set stratum = ['cell_number', 'stratum_number'] -%}
{%- set key = stratum + ['stratification_number', 'group_number'] -%}
{%- set sides = {
    'upper': ('', 'reference_'),
    'lower': ('reference_', ''),
} -%}
{%- set most_people = 20 -%}
{%- set of_block = [
    'is_elsewhere_open', 'own_events', 'own_time', 'other_events', 'other_time', 'block_events', 'block_time',
    'block_people',
] -%}
with pair as (
    select
        {{ aliased(key, 'comparison') }},
        comparison.measure_type,
        counted_group.is_elsewhere_open,
        comparison.numerator,
        comparison.denominator,
        comparison.reference_numerator,
        comparison.reference_denominator,
        comparison.unknown_numerator,
        comparison.unknown_denominator,
        comparison.unknown_eventless
    from {{ ref('int_measure_stratum_comparison') }} as comparison
    inner join {{ ref('int_measure_counted_group') }} as counted_group
        on counted_group.group_number = comparison.group_number
    where comparison.is_mantel_haenszel and comparison.unknown_numerator > 0e0
),

-- One row per side whose ratio is driven up.
sided as (
    {%- for side, (own, other) in sides.items() %}
    select
        {{ key | join(', ') }},
        {{ 'true' if side == 'upper' else 'false' }} as is_upper,
        measure_type,
        is_elsewhere_open,
        {{ own }}numerator as own_events,
        {{ own }}denominator as own_time,
        {{ other }}numerator as other_events,
        {{ other }}denominator as other_time,
        unknown_numerator,
        unknown_denominator,
        unknown_eventless
    from pair
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

person as (
    select
        {{ stratum | join(', ') }},
        person_order,
        events,
        person_time,
        events_before,
        time_before,
        all_events,
        all_time,
        people
    from {{ ref('int_measure_unknown_person') }}
    where stratum_number > 0
),

-- In a likelihood all people with the event are alike.
alike as (
    select
        {{ key | join(', ') }},
        is_upper,
        1 as block_number,
        is_elsewhere_open,
        own_events,
        own_time,
        other_events,
        other_time + unknown_eventless as other_time,
        unknown_numerator as block_events,
        unknown_numerator as block_time,
        unknown_numerator as block_people
    from sided
    where measure_type = 'likelihood'
),

-- In a rate each person has a rate of their own, and the people run from the highest to the lowest.
person_pair as (
    select
        {{ aliased(key, 'sided') }},
        sided.is_upper,
        sided.is_elsewhere_open,
        person.person_order,
        person.people,
        person.events,
        person.person_time,
        person.events_before,
        person.time_before,
        person.all_events,
        person.all_time,
        sided.own_events + greatest(sided.unknown_numerator - person.all_events, 0e0) as own_events,
        sided.own_time,
        sided.other_events,
        sided.other_time + greatest(sided.unknown_denominator - person.all_time, 0e0) as other_time
    from sided
    inner join person on {{ same_columns(stratum, 'person', 'sided') }}
    where sided.measure_type = 'rate'
),

one_person as (
    select
        {{ key | join(', ') }},
        is_upper,
        person_order as block_number,
        is_elsewhere_open,
        own_events + events_before as own_events,
        own_time + time_before as own_time,
        other_events + all_events - events_before - events as other_events,
        other_time + all_time - time_before - person_time as other_time,
        events as block_events,
        person_time as block_time,
        cast(null as double) as block_people
    from person_pair
),

-- Two or more people in a row are elsewhere, from one to another.
gap as (
    select
        {{ aliased(key, 'first_person') }},
        first_person.is_upper,
        first_person.people * first_person.person_order + last_person.person_order as block_number,
        false as is_elsewhere_open,
        first_person.own_events + first_person.events_before as own_events,
        first_person.own_time + first_person.time_before as own_time,
        first_person.other_events + first_person.all_events - last_person.events_before - last_person.events
            as other_events,
        first_person.other_time + first_person.all_time - last_person.time_before - last_person.person_time
            as other_time,
        0e0 as block_events,
        0e0 as block_time,
        cast(null as double) as block_people
    from person_pair as first_person
    inner join person as last_person
        on
            {{ same_columns(stratum, 'last_person', 'first_person') }}
            and last_person.person_order > first_person.person_order
    where first_person.is_elsewhere_open and first_person.people <= {{ most_people }}
),

-- Too many people to try every gap: their events without their time on one side, their time on the other.
crowd as (
    select
        {{ key | join(', ') }},
        is_upper,
        people + 1 as block_number,
        false as is_elsewhere_open,
        own_events + all_events as own_events,
        own_time,
        other_events,
        other_time + all_time as other_time,
        0e0 as block_events,
        0e0 as block_time,
        cast(null as double) as block_people
    from person_pair
    where person_order = 1 and is_elsewhere_open and people > {{ most_people }}
),

block as (
    {%- for relation in ['alike', 'one_person', 'gap', 'crowd'] %}
    select
        {{ (key + ['is_upper', 'block_number'] + of_block) | join(', ') }}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    {{ key | join(', ') }},
    is_upper,
    block_number,
    {{ of_block | join(', ') }}
from block
