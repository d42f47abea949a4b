{%- set counted = (atom_columns() | reject('in', ['role', 'subject_key']) | list) + ['subject_number'] -%}
{%- set stratum = ['cell_number', 'stratification', 'stratum'] -%}
{%- set key = result_columns() + ['stratification', 'stratum'] -%}
{%- set before -%}
    over (
            partition by {{ stratum | join(', ') }}
            order by person_order asc nulls last
            rows between unbounded preceding and 1 preceding
        )
{%- endset -%}
with rate as (
    select measure_id
    from {{ ref('measure_catalogue') }}
    where measure_type = 'rate'
),

unknown_status as (
    select basis, ethnicity_code
    from {{ ref('int_measure_group') }}
    where grouping = 'white_bme' and is_unknown
),

cell as (
    select cell_number, {{ result_columns() | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

{{ atoms_to_count("= 'none'", 'crude_atom') }},

-- Most people have no event at all: they are counted, not listed.
with_event as (
    select distinct crude_atom.measure_id, crude_atom.subject_number
    from crude_atom
    inner join rate on rate.measure_id = crude_atom.measure_id
    where crude_atom.numerator > 0e0 and crude_atom.subject_number is not null
),

atom as (
    select {{ aliased(counted, 'crude_atom') }}
    from crude_atom
    inner join with_event
        on with_event.measure_id = crude_atom.measure_id and with_event.subject_number = crude_atom.subject_number
),

crude_person as (
    {{ people_in_cell('sum', false) }}
),

crude_person_of_group as (
    {{ people_by_ethnicity('crude_person', 'variant', 'person_ethnicity') }}
),

counted_person as (
    select {{ key | join(', ') }}, ethnicity_rule, ethnicity_code, subject_number, numerator, denominator
    from crude_person_of_group
    union all
    select
        {{ aliased(key, 'person') }},
        person.ethnicity_rule,
        person.ethnicity_code,
        person.subject_number,
        person.numerator,
        person.denominator
    from {{ ref('int_measure_stratum_person') }} as person
    inner join rate on rate.measure_id = person.measure_id
),

person as (
    select
        {{ aliased(key, 'counted_person') }},
        counted_person.subject_number,
        counted_person.numerator,
        counted_person.denominator
    from counted_person
    inner join unknown_status
        on
            unknown_status.basis = counted_person.basis
            and unknown_status.ethnicity_code = counted_person.ethnicity_code
    where
        counted_person.ethnicity_rule = 'preferred'
        and counted_person.subject_number is not null
        and counted_person.numerator > 0e0
        and counted_person.denominator > 0e0
),

ordered as (
    select
        cell.cell_number,
        person.stratification,
        person.stratum,
        person.numerator as events,
        person.denominator as person_time,
        row_number() over (
            partition by cell.cell_number, person.stratification, person.stratum
            order by
                {{ safe_divide('person.numerator', 'person.denominator') }} desc nulls last,
                person.numerator desc nulls last,
                person.subject_number asc nulls last
        ) as person_order
    from person
    inner join cell on {{ same_columns(result_columns(), 'cell', 'person') }}
),

total as (
    select
        {{ stratum | join(', ') }},
        {{ stable_sum('events') }} as all_events,
        {{ stable_sum('person_time') }} as all_time,
        count(*) as people
    from ordered
    group by {{ stratum | join(', ') }}
),

summed as (
    select
        {{ stratum | join(', ') }},
        person_order,
        events,
        person_time,
        coalesce(cast(sum(cast(events as decimal(30, 9))) {{ before }} as double), 0e0) as events_before,
        coalesce(cast(sum(cast(person_time as decimal(30, 9))) {{ before }} as double), 0e0) as time_before
    from ordered
)

select
    {{ aliased(stratum, 'summed') }},
    summed.person_order,
    summed.events,
    summed.person_time,
    summed.events_before,
    summed.time_before,
    total.all_events,
    total.all_time,
    total.people
from summed
inner join total on {{ same_columns(stratum, 'total', 'summed') }}
