{%- set unit = ['source', 'organisation_code', 'unit_code', 'month'] -%}
{%- set figure = [
    'measure_id', 'basis', 'grouping', 'group_code', 'period_type', 'period_start', 'period_label', 'ratio',
    'bound_lower', 'bound_upper', 'unknown_numerator',
] -%}
{%- set events, unknown = 'team_event.unknown_event_count', 'headline.unknown_numerator' -%}
with catalogue as (
    select measure_id, headline_period_type, headline_grouping, split_part(bases, '|', 1) as headline_basis
    from {{ ref('measure_catalogue') }}
),

unknown_status as (
    select value as recording_status
    from {{ ref('ref_enum') }}
    where column_name = 'recording_status' and value <> 'valid'
),

figure as (
    select
        {{ aliased(figure, 'measure') }},
        measure.organisation_code,
        max(measure.period_start) over (partition by measure.measure_id, measure.organisation_code) as latest_start,
        row_number() over (
            partition by
                measure.measure_id, measure.organisation_code, measure.period_start, measure.group_code
            order by measure.grouping = 'white_bme' desc nulls last
        ) as grouping_order
    from {{ ref('equity_measure') }} as measure
    inner join catalogue
        on
            catalogue.measure_id = measure.measure_id
            and catalogue.headline_period_type = measure.period_type
            and catalogue.headline_basis = measure.basis
    left join unknown_status on unknown_status.recording_status = measure.group_code
    where
        measure.unit_level = 'organisation'
        and measure.breakdown = 'all'
        and measure.denominator_rule = 'own'
        and measure.adjustment = 'crude'
        and measure.grouping in ('white_bme', catalogue.headline_grouping)
        and measure.group_code <> measure.reference_group_code
        and unknown_status.recording_status is null
),

-- White stands in two groupings, where nothing of it differs.
headline as (
    select organisation_code, {{ figure | join(', ') }}
    from figure
    where period_start = latest_start and grouping_order = 1
),

headline_period as (
    select distinct organisation_code, measure_id, basis, period_type, period_start
    from headline
),

headline_month as (
    select
        headline_period.organisation_code,
        headline_period.measure_id,
        headline_period.basis,
        measure_period.month,
        measure_period.additivity
    from headline_period
    inner join {{ ref('int_measure_period') }} as measure_period
        on
            measure_period.measure_id = headline_period.measure_id
            and measure_period.period_type = headline_period.period_type
            and measure_period.period_start = headline_period.period_start
            and (measure_period.is_last_month or measure_period.additivity in ('sum', 'distinct'))
),

latest_month as (
    select max(period_start) as month
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- A person may have several local numbers in a team.
to_ask as (
    select distinct {{ aliased(unit, 'person') }}, person.subject_key
    from {{ ref('int_asking_person') }} as person
    inner join latest_month on latest_month.month = person.month
    where person.is_to_ask
),

-- Another source may know who is to be asked by this one: then nothing of the measures hangs on the answer.
known as (
    select distinct ethnicity.subject_key, ethnicity.basis
    from {{ ref('int_person_ethnicity') }} as ethnicity
    left join unknown_status on unknown_status.recording_status = ethnicity.ethnicity_code
    where ethnicity.ethnicity_rule = 'preferred' and unknown_status.recording_status is null
),

person_event as (
    select
        atom.organisation_code,
        atom.measure_id,
        subject.subject_key,
        headline_month.basis,
        case
            when headline_month.additivity = 'distinct' then max(atom.numerator) else {{ stable_sum('atom.numerator') }}
        end as events
    from {{ ref('int_measure_atom') }} as atom
    inner join headline_month
        on
            headline_month.organisation_code = atom.organisation_code
            and headline_month.measure_id = atom.measure_id
            and headline_month.month = atom.month
    inner join {{ ref('int_measure_subject') }} as subject on subject.subject_number = atom.subject_number
    where
        atom.role = 'own'
        and atom.breakdown = 'all'
        and atom.stratification = 'none'
        and atom.numerator > 0e0
    group by
        atom.organisation_code, atom.measure_id, subject.subject_key, headline_month.basis, headline_month.additivity
),

team_event as (
    select
        {{ aliased(unit, 'to_ask') }},
        person_event.measure_id,
        cast(round({{ stable_sum('person_event.events') }}) as bigint) as unknown_event_count
    from to_ask
    inner join person_event
        on
            person_event.organisation_code = to_ask.organisation_code
            and person_event.subject_key = to_ask.subject_key
    left join known on known.subject_key = person_event.subject_key and known.basis = person_event.basis
    where known.subject_key is null
    group by {{ aliased(unit, 'to_ask') }}, person_event.measure_id
),

asked as (
    select
        {{ aliased(unit, 'team_event') }},
        {{ aliased(figure, 'headline') }},
        team_event.unknown_event_count,
        {{ bound_after_asking('headline.ratio', 'headline.bound_lower', events, unknown) }} as bound_lower_after,
        {{ bound_after_asking('headline.ratio', 'headline.bound_upper', events, unknown) }} as bound_upper_after
    from team_event
    inner join headline
        on
            headline.organisation_code = team_event.organisation_code
            and headline.measure_id = team_event.measure_id
)

select
    source,
    organisation_code,
    unit_code,
    month,
    measure_id,
    group_code,
    unknown_event_count,
    ratio,
    bound_lower,
    bound_upper,
    bound_lower_after,
    bound_upper_after,
    {{ narrowing_share('bound_lower', 'bound_upper', 'bound_lower_after', 'bound_upper_after') }} as narrowing_share,
    basis,
    grouping,
    period_label
from asked
