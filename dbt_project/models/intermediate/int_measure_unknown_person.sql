{%- set counted = (atom_columns() | reject('in', ['role', 'subject_key']) | list) + ['subject_number'] -%}
{%- set stratum = ['cell_number', 'stratum_number'] -%}
{%- set key = result_columns() + ['stratification', 'stratum'] -%}
{%- set before -%}
    over (
            partition by {{ stratum | join(', ') }}
            order by person_order asc nulls last
            rows between unbounded preceding and 1 preceding
        )
{%- endset -%}
{%- set together = 'over (partition by ' ~ (stratum | join(', ')) ~ ')' -%}
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

stratum as (
    select stratum_number, stratification, stratum
    from {{ ref('int_measure_stratum') }}
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

crude_person_in_words as (
    {{ in_words('crude_person_of_group', ['ethnicity_code', 'subject_number', 'numerator', 'denominator']) }}
),

counted_person as (
    select {{ key | join(', ') }}, ethnicity_rule, ethnicity_code, subject_number, numerator, denominator
    from crude_person_in_words
    union all
    select
        {{ aliased(key, 'person') }},
        person.ethnicity_rule,
        person.ethnicity_code,
        person.subject_number,
        person.numerator,
        person.denominator
    from {{ ref('int_measure_stratum_people') }} as person
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
        and {{ brings_events_and_time('counted_person.numerator', 'counted_person.denominator') }}
),

ordered as (
    select
        cell.cell_number,
        coalesce(stratum.stratum_number, 0) as stratum_number,
        person.subject_number,
        person.numerator as events,
        person.denominator as person_time,
        row_number() over (
            partition by cell.cell_number, stratum.stratum_number
            order by
                {{ safe_divide('person.numerator', 'person.denominator') }} desc nulls last,
                person.numerator desc nulls last,
                person.subject_number asc nulls last
        ) as person_order
    from person
    inner join cell on {{ same_columns(result_columns(), 'cell', 'person') }}
    left join stratum on stratum.stratification = person.stratification and stratum.stratum = person.stratum
),

summed as (
    select
        {{ stratum | join(', ') }},
        person_order,
        subject_number,
        events,
        person_time,
        coalesce({{ stable_sum('events', over=before) }}, 0e0) as events_before,
        coalesce({{ stable_sum('person_time', over=before) }}, 0e0) as time_before,
        {{ stable_sum('events', over=together) }} as all_events,
        {{ stable_sum('person_time', over=together) }} as all_time,
        count(*) {{ together }} as people
    from ordered
)

select
    {{ stratum | join(', ') }},
    person_order,
    subject_number,
    events,
    person_time,
    events_before,
    time_before,
    all_events,
    all_time,
    people
from summed
