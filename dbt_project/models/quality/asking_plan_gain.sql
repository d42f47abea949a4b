{%- set unit = ['source', 'organisation_code', 'unit_code', 'month'] -%}
{%- set team_cell = unit + ['cell_number'] -%}
{%- set team_group = team_cell + ['group_number'] -%}
{%- set key = result_columns() + ['grouping', 'group_code', 'reference_group_code', 'adjustment'] -%}
{%- set figure = ['value', 'reference_value', 'ratio', 'bound_lower', 'bound_upper'] -%}
{%- set named = ['measure_id', 'basis', 'grouping', 'group_code', 'period_label'] -%}
{%- set counts = ['numerator', 'denominator', 'reference_numerator', 'reference_denominator'] -%}
{%- set unknown = ['unknown_numerator', 'unknown_denominator', 'unknown_event_denominator'] -%}
{%- set of_figure = ['measure_type', 'is_compared', 'is_elsewhere_open'] -%}
{%- set of_team_cell = 'partition by ' ~ (team_cell | join(', ')) -%}
{%- set before -%}
    over (
            {{ of_team_cell }}
            order by person_order asc nulls last
            rows between unbounded preceding and 1 preceding
        )
{%- endset -%}
with board_figure as (
    select
        {{ aliased(key + figure, 'measure') }},
        measure.period_label,
        row_number() over (
            partition by measure.organisation_code, measure.measure_id, measure.group_code
            order by measure.grouping = 'white_bme' desc nulls last
        ) as grouping_order
    from {{ ref('equity_headline') }} as headline
    inner join {{ ref('equity_measure') }} as measure on {{ same_columns(key, 'measure', 'headline') }}
    where headline.is_board_figure
),

-- White stands in two groupings, where nothing of it differs.
headline as (
    select
        cell.cell_number,
        declared_group.group_number,
        declared_group.measure_type,
        declared_group.is_compared,
        declared_group.is_elsewhere_open,
        {{ aliased(named + figure, 'board_figure') }},
        catalogue.ratio_direction = 'reference_over_group' as is_inverted
    from board_figure
    inner join {{ ref('int_measure_cell') }} as cell on {{ same_columns(result_columns(), 'cell', 'board_figure') }}
    inner join {{ ref('int_measure_declared_group') }} as declared_group
        on {{ same_columns(['measure_id', 'basis', 'grouping', 'group_code'], 'declared_group', 'board_figure') }}
    inner join {{ ref('measure_catalogue') }} as catalogue on catalogue.measure_id = board_figure.measure_id
    where board_figure.grouping_order = 1
),

headline_number as (
    select distinct cell_number
    from headline
),

headline_cell as (
    select
        cell.cell_number,
        cell.measure_id,
        cell.basis,
        cell.organisation_code,
        cell.period_type,
        cell.period_start,
        {{ aliased(unknown, 'cell') }}
    from {{ ref('int_measure_cell') }} as cell
    inner join headline_number on headline_number.cell_number = cell.cell_number
),

headline_month as (
    select
        headline_cell.cell_number,
        headline_cell.measure_id,
        headline_cell.basis,
        headline_cell.organisation_code,
        measure_period.month,
        measure_period.additivity
    from headline_cell
    inner join {{ ref('int_measure_period') }} as measure_period
        on
            {{ same_columns(['measure_id', 'period_type', 'period_start'], 'measure_period', 'headline_cell') }}
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

unknown_status as (
    select value as recording_status
    from {{ ref('ref_enum') }}
    where column_name = 'recording_status' and value <> 'valid'
),

-- Another source may know who is to be asked by this one: then nothing of the measures hangs on the answer.
known as (
    select distinct ethnicity.subject_key, ethnicity.basis
    from {{ ref('int_person_ethnicity') }} as ethnicity
    left join unknown_status on unknown_status.recording_status = ethnicity.ethnicity_code
    where ethnicity.ethnicity_rule = 'preferred' and unknown_status.recording_status is null
),

-- What the people of a team bring to a cell, brought together as the cell does.
person as (
    select
        {{ aliased(unit, 'to_ask') }},
        headline_month.cell_number,
        atom.subject_number,
        {%- for column in ['numerator', 'denominator'] %}
        coalesce(case
            when headline_month.additivity = 'distinct' then max(atom.{{ column }})
            else {{ stable_sum('atom.' ~ column) }}
        end, 0e0) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from to_ask
    inner join {{ ref('int_measure_subject') }} as subject on subject.subject_key = to_ask.subject_key
    inner join {{ ref('int_measure_atom') }} as atom
        on atom.subject_number = subject.subject_number and atom.organisation_code = to_ask.organisation_code
    inner join headline_month
        on {{ same_columns(['measure_id', 'organisation_code', 'month'], 'headline_month', 'atom') }}
    left join known on known.subject_key = to_ask.subject_key and known.basis = headline_month.basis
    where
        atom.role = 'own'
        and atom.breakdown = 'all'
        and atom.stratification = 'none'
        and known.subject_key is null
    group by
        {{ aliased(unit, 'to_ask') }}, headline_month.cell_number, atom.subject_number, headline_month.additivity
),

team as (
    select
        {{ team_cell | join(', ') }},
        {{ stable_sum('numerator') }} as unknown_numerator,
        {{ stable_sum('denominator') }} as unknown_denominator,
        {{ stable_sum('case when numerator > 0e0 then denominator else 0e0 end') }} as unknown_event_denominator
    from person
    where numerator > 0e0 or denominator > 0e0
    group by {{ team_cell | join(', ') }}
),

-- The unknown of the team have answered, and are split as the known are.
answered as (
    select
        {{ aliased(team_cell, 'team') }},
        headline.group_number,
        {{ aliased(of_figure, 'headline') }},
        {{ aliased(counts, 'comparison') }},
        comparison.known_numerator,
        comparison.known_denominator,
        {{ aliased(unknown, 'team') }},
        {{ stat_bound_eventless('team.unknown_denominator', 'team.unknown_event_denominator') }} as unknown_eventless
    from team
    inner join headline on headline.cell_number = team.cell_number
    inner join {{ ref('int_measure_comparison') }} as comparison
        on {{ same_columns(['cell_number', 'group_number'], 'comparison', 'headline') }}
),

added as (
    select
        {{ team_group | join(', ') }},
        {{ of_figure | join(', ') }},
        {{ unknown | join(', ') }},
        {{ split_counts('1e0', '1e0', 'after') }}
    from answered
),

-- All others stay as unknown as they were.
after_asking as (
    select
        {{ aliased(team_group + of_figure, 'added') }},
        {%- for column in counts %}
        added.after_{{ column }} as {{ column }},
        {%- endfor %}
        {{ safe_divide('added.after_reference_numerator', 'added.after_reference_denominator') }} as reference_value,
        {%- for column in unknown %}
        greatest(cell.{{ column }} - added.{{ column }}, 0e0) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from added
    inner join headline_cell as cell on cell.cell_number = added.cell_number
),

-- Of a rate over people's own time those who are left are split as the engine splits all of them.
person_left as (
    select
        {{ aliased(team_cell, 'team') }},
        unknown_person.person_order,
        unknown_person.events,
        unknown_person.person_time
    from team
    inner join {{ ref('int_measure_unknown_person') }} as unknown_person
        on unknown_person.cell_number = team.cell_number and unknown_person.stratum_number = 0
    left join person
        on {{ same_columns(team_cell, 'person', 'team') }} and person.subject_number = unknown_person.subject_number
    where person.subject_number is null
),

person_before as (
    select
        {{ team_cell | join(', ') }},
        events,
        person_time,
        {%- for column, name in [('events', 'events'), ('person_time', 'time')] %}
        coalesce({{ stable_sum(column, over=before) }}, 0e0) as {{ name }}_to,
        {{ stable_sum(column, over='over (' ~ of_team_cell ~ ')') }} as all_{{ name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from person_left
),

person_split as (
    select
        {{ team_cell | join(', ') }},
        events_to,
        time_to,
        events_to + events as events_to_next,
        time_to + person_time as time_to_next,
        all_events,
        all_time
    from person_before
),

listed as (
    select distinct {{ team_cell | join(', ') }}, all_events, all_time
    from person_split
),

pair as (
    select
        {{ aliased(team_group + ['is_elsewhere_open'] + counts, 'after_asking') }},
        {%- for column, name in [('numerator', 'events'), ('denominator', 'time')] %}
        greatest(after_asking.unknown_{{ column }} - listed.all_{{ name }}, 0e0) as loose_{{ name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from after_asking
    inner join listed on {{ same_columns(team_cell, 'listed', 'after_asking') }}
),

split as (
    select
        {{ aliased(team_group, 'pair') }},
        {{ splits_of_people('pair', 'person_split') }},
        pair.is_elsewhere_open
    from pair
    inner join person_split on {{ same_columns(team_cell, 'person_split', 'pair') }}
),

person_bound as (
    select {{ team_group | join(', ') }}, {{ bounds_of_splits() }}
    from split
    group by {{ team_group | join(', ') }}
),

counted as (
    select
        {{ team_group | join(', ') }},
        {{ (of_figure + counts) | join(', ') }},
        reference_value,
        unknown_numerator,
        {{ unknown_moved() }} as unknown_moved,
        {{ unknown_eventless() }} as unknown_eventless
    from after_asking
),

valued as (
    select
        {{ aliased(team_group, 'counted') }},
        counted.is_compared,
        case when counted.is_compared then {{ stat_rate_ratio(*counts) }} end as ratio,
        person_bound.cell_number is not null as has_person_bound,
        person_bound.bound_lower as person_lowest,
        person_bound.bound_upper as person_highest,
        {{ bounds_of_counts() }}
    from counted
    left join person_bound on {{ same_columns(team_group, 'person_bound', 'counted') }}
),

bounded as (
    select {{ team_group | join(', ') }}, ratio, {{ bounds_of_ratio('ratio') }}
    from valued
),

-- As the catalogue prints ratios.
printed as (
    select
        {{ aliased(team_cell, 'team') }},
        {{ aliased(named + figure, 'headline') }},
        headline.is_compared,
        headline.is_inverted,
        cast(round(team.unknown_numerator) as bigint) as unknown_event_count,
        bounded.ratio as counted_ratio,
        bounded.bound_lower as counted_lower,
        bounded.bound_upper as counted_upper
    from team
    inner join headline on headline.cell_number = team.cell_number
    inner join bounded
        on {{ same_columns(team_cell, 'bounded', 'team') }} and bounded.group_number = headline.group_number
),

compared as (
    select
        {{ (unit + named + figure) | join(', ') }},
        unknown_event_count,
        {{ in_direction('counted_ratio', is_point=true) }} as ratio_after,
        {{ in_direction('counted_lower', 'counted_upper', is_point=true) }} as lower_after,
        {{ in_direction('counted_upper', 'counted_lower', is_point=true) }} as upper_after
    from printed
),

-- Nothing that becomes known opens a range. Events and time of a rate, split apart as the known are, could: people are
-- whole.
closed as (
    select
        {{ (unit + named + figure) | join(', ') }},
        unknown_event_count,
        ratio_after,
        case when lower_after < bound_lower then bound_lower else lower_after end as bound_lower_after,
        case when upper_after > bound_upper then bound_upper else upper_after end as bound_upper_after
    from compared
),

narrowed as (
    select
        {{ (unit + named + figure) | join(', ') }},
        unknown_event_count,
        ratio_after,
        bound_lower_after,
        bound_upper_after,
        {{ narrowing_share('bound_lower', 'bound_upper', 'bound_lower_after', 'bound_upper_after') }} as narrowing_share
    from closed
),

-- One group stands for its measure, always the same: which gains most says nothing of whom asking helps.
ranked as (
    select
        {{ (unit + ['measure_id', 'group_code']) | join(', ') }},
        cast(row_number() over (
            partition by {{ unit | join(', ') }}
            order by {{ narrowing_told('narrowing_share') }} desc nulls last, measure_id asc nulls last
        ) as bigint) as gain_rank
    from narrowed
    where group_code = 'bme' and {{ narrowing_told('narrowing_share') }} > 0e0
)

select
    {{ aliased(unit + ['measure_id', 'group_code'], 'narrowed') }},
    narrowed.unknown_event_count,
    narrowed.ratio,
    narrowed.bound_lower,
    narrowed.bound_upper,
    narrowed.ratio_after,
    narrowed.bound_lower_after,
    narrowed.bound_upper_after,
    narrowed.narrowing_share,
    ranked.gain_rank,
    narrowed.basis,
    narrowed.grouping,
    narrowed.period_label
from narrowed
left join ranked on {{ same_columns(unit + ['measure_id', 'group_code'], 'ranked', 'narrowed') }}
