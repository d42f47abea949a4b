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

unknown_atom as (
    select
        atom.measure_id,
        atom.ethnicity_rule,
        atom.basis,
        atom.denominator_rule,
        atom.organisation_code,
        atom.subject_key,
        atom.month,
        atom.unit_code,
        atom.breakdown,
        atom.breakdown_value,
        atom.stratification,
        atom.stratum,
        atom.ethnicity_code,
        atom.numerator,
        atom.denominator,
        atom.is_modelled
    from {{ ref('int_measure_atom') }} as atom
    inner join rate on rate.measure_id = atom.measure_id
    inner join unknown_status
        on unknown_status.basis = atom.basis and unknown_status.ethnicity_code = atom.ethnicity_code
    where
        atom.role = 'own'
        and atom.stratification = 'none'
        and atom.ethnicity_rule = 'preferred'
        and atom.subject_key is not null
),

-- Most people have no event at all: they are counted, not listed.
with_event as (
    select distinct measure_id, subject_key
    from unknown_atom
    where numerator > 0e0
),

atom as (
    select
        {{ aliased(atom_columns() | reject('equalto', 'role') | list, 'unknown_atom') }},
        unknown_atom.ethnicity_rule
    from unknown_atom
    inner join with_event
        on with_event.measure_id = unknown_atom.measure_id and with_event.subject_key = unknown_atom.subject_key
),

measure_period as (
    select
        measure_id,
        additivity,
        lowest_level_order,
        period_type,
        period_start,
        is_below_division,
        month,
        is_last_month,
        is_headline,
        is_adjusted,
        people_per_denominator
    from {{ ref('int_measure_period') }}
),

measure_unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code, level_order
    from {{ ref('int_measure_unit') }}
),

crude_person as (
    {{ people_in_cell('sum', false) }}
),

person as (
    select {{ key | join(', ') }}, subject_key, numerator, denominator
    from crude_person
    where numerator > 0e0 and denominator > 0e0
    union all
    select {{ aliased(key, 'person') }}, person.subject_key, person.numerator, person.denominator
    from {{ ref('int_measure_stratum_person') }} as person
    inner join rate on rate.measure_id = person.measure_id
    inner join unknown_status
        on unknown_status.basis = person.basis and unknown_status.ethnicity_code = person.ethnicity_code
    where
        person.ethnicity_rule = 'preferred'
        and person.subject_key is not null
        and person.numerator > 0e0
        and person.denominator > 0e0
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
                person.subject_key asc nulls last
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
