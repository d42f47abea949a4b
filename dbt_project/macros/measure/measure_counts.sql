{#
Counting atoms: the final cell of every period and unit, by the way a measure adds up.

additivity:
    sum       events and days: added over the months of the period and the units below
    distinct  people: each once per cell, counted afresh at every period and unit, never rolled up
    latest    people in post: the last month of the period only; added over units, never over time
    given     aggregates from elsewhere: the last month of the period, at the unit they were given for

Belongs here: which atoms meet in a cell, and what is made of them there. Does not belong here: ethnic groups, which
are added up downstream, and statistics.
#}

{#
What is known of a person in a cell, beside the key; or of each of `people_count` people who are alike and need no
number. Aggregates name nobody: of them `people_count` is NULL too, and their counts are totals.
#}
{% macro people_columns() -%}
    {{ return(['subject_number', 'people_count', 'numerator', 'denominator', 'people_per_denominator', 'is_modelled']) }}
{%- endmacro %}

{#
A cell while people are counted: its period (of a measure) and its unit are numbers, which `in_words` turns into the
columns of `cell_columns`. People are many, and a group of many columns of text is what counting them costs.
#}
{% macro numbered_cell_columns() -%}
    {{ return([
        'period_number', 'ancestor_number', 'ethnicity_rule', 'basis', 'denominator_rule', 'breakdown',
        'breakdown_value', 'stratification', 'stratum',
    ]) }}
{%- endmacro %}

{#
The CTEs that the macros below read: `atom` (int_measure_atom, of the stratifications asked for; or under another name,
for a model that chooses among the atoms first), `measure_period`, `measure_unit`, `cell_period` and `cell_unit` (what
their numbers stand for), `variant` and `person_ethnicity`.
#}
{% macro atoms_to_count(stratifications, name='atom', role='own') -%}
{{ name }} as (
    select
        measure_id,
        basis,
        denominator_rule,
        organisation_code,
        subject_number,
        month,
        unit_code,
        breakdown,
        breakdown_value,
        stratification,
        stratum,
        ethnicity_code,
        numerator,
        denominator,
        is_modelled
    from {{ ref('int_measure_atom') }}
    where role = '{{ role }}' and stratification {{ stratifications }}
),

measure_period as (
    select
        measure_id,
        additivity,
        lowest_level_order,
        period_type,
        period_start,
        is_below_division,
        is_national_rule_adjusted,
        month,
        is_last_month,
        is_adjusted,
        people_per_denominator,
        dense_rank() over (order by measure_id, period_type, period_start) as period_number
    from {{ ref('int_measure_period') }}
),

cell_period as (
    select distinct
        period_number, measure_id, period_type, period_start, people_per_denominator, is_national_rule_adjusted
    from measure_period
),

measure_unit as (
    select
        organisation_code,
        unit_code,
        month,
        unit_level,
        ancestor_code,
        level_order,
        dense_rank() over (order by organisation_code, unit_level, ancestor_code) as ancestor_number
    from {{ ref('int_measure_unit') }}
),

cell_unit as (
    select distinct ancestor_number, organisation_code, unit_level, ancestor_code as unit_code
    from measure_unit
),

variant as (
    select measure_id, ethnicity_rule, basis, denominator_rule, headline_period_type
    from {{ ref('int_measure_variant') }}
),

person_ethnicity as (
    select subject.subject_number, ethnicity.ethnicity_rule, ethnicity.basis, ethnicity.ethnicity_code
    from {{ ref('int_person_ethnicity') }} as ethnicity
    inner join {{ ref('int_measure_subject') }} as subject on subject.subject_key = ethnicity.subject_key
)
{%- endmacro %}

{#
One row per cell and person (aggregates: one row without a person per group, in the basis and for the denominator they
were given for), before anyone's ethnicity is looked up, for crude cells (`is_stratified` false) or for strata. The atoms
of one person are brought together here, because numbers of people and squares of a person's events exist only within a
cell: three events a month for a year are 36 squared, not twelve times 3 squared.
#}
{% macro people_in_cell(additivity, is_stratified) -%}
    {%- set numerator = 'max(atom.numerator)' if additivity == 'distinct' else stable_sum('atom.numerator') -%}
    {%- set denominator = 'max(atom.denominator)' if additivity == 'distinct' else stable_sum('atom.denominator') -%}
    {%- set of_atom = ['basis', 'denominator_rule', 'breakdown', 'breakdown_value', 'ethnicity_code', 'subject_number']
        + (['stratification', 'stratum'] if is_stratified else []) -%}
    select
        measure_period.period_number,
        measure_unit.ancestor_number,
        {{ aliased(of_atom, 'atom') }},
        {%- if not is_stratified %}
        'none' as stratification,
        'none' as stratum,
        {%- endif %}
        {{ numerator }} as numerator,
        {{ denominator }} as denominator,
        max(atom.is_modelled) as is_modelled
    from atom
    inner join measure_period
        on
            measure_period.measure_id = atom.measure_id
            and measure_period.month = atom.month
    inner join measure_unit
        on
            measure_unit.organisation_code = atom.organisation_code
            and measure_unit.unit_code = atom.unit_code
            and measure_unit.month = atom.month
    where
        measure_period.additivity = '{{ additivity }}'
        and measure_unit.level_order <= measure_period.lowest_level_order
        {%- if is_stratified %}
        and measure_unit.level_order <= 2
        and measure_period.is_adjusted
        {%- else %}
        and (
            measure_unit.level_order <= 2
            or (measure_period.is_below_division and atom.breakdown = 'all')
        )
        {%- endif %}
        {%- if additivity in ('latest', 'given') %}
        and measure_period.is_last_month
        {%- endif %}
        {%- if additivity == 'given' %}
        and measure_unit.ancestor_code = atom.unit_code
        {%- endif %}
    group by measure_period.period_number, measure_unit.ancestor_number, {{ aliased(of_atom, 'atom') }}
{%- endmacro %}

{# The people of the CTEs `people_<additivity>`, one below the other. #}
{% macro people_of_every_kind(additivities) -%}
    {%- set columns = (numbered_cell_columns() | reject('equalto', 'ethnicity_rule') | list)
        + ['ethnicity_code', 'subject_number', 'numerator', 'denominator', 'is_modelled'] -%}
    {%- for additivity in additivities %}
    select {{ columns | join(', ') }}
    from people_{{ additivity }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#
The people of `people_of_every_kind` in their ethnic group, once by each rule, basis and denominator the measure is built
for; who was never recorded is missing. Rules other than the preferred one are built for the headline alone: crude, at
the trust, without breakdown. Strata with the national denominator are built for the kinds of period alone that
`ref_period_type` marks.
#}
{% macro people_by_ethnicity(people, variant, person_ethnicity) -%}
    {%- set of_people = [
        'period_number', 'ancestor_number', 'breakdown', 'breakdown_value', 'stratification', 'stratum',
        'subject_number', 'numerator', 'denominator', 'is_modelled',
    ] -%}
    select
        {{ aliased(of_people, people) }},
        {{ variant }}.ethnicity_rule,
        {{ variant }}.basis,
        {{ variant }}.denominator_rule,
        cell_period.people_per_denominator,
        case
            when {{ people }}.subject_number is null then {{ people }}.ethnicity_code
            else coalesce({{ person_ethnicity }}.ethnicity_code, 'missing')
        end as ethnicity_code,
        case when {{ people }}.subject_number is not null then 1 end as people_count
    from {{ people }}
    inner join cell_period on cell_period.period_number = {{ people }}.period_number
    inner join cell_unit on cell_unit.ancestor_number = {{ people }}.ancestor_number
    inner join {{ variant }}
        on
            {{ variant }}.measure_id = cell_period.measure_id
            and ({{ people }}.basis is null or {{ people }}.basis = {{ variant }}.basis)
            and (
                {{ people }}.denominator_rule is null
                or {{ people }}.denominator_rule = {{ variant }}.denominator_rule
            )
            and (
                {{ variant }}.ethnicity_rule = 'preferred'
                or (
                    cell_unit.unit_level = 'organisation'
                    and cell_period.period_type = {{ variant }}.headline_period_type
                    and {{ people }}.breakdown = 'all'
                    and {{ people }}.stratification = 'none'
                )
            )
            and (
                {{ variant }}.denominator_rule = 'own'
                or {{ people }}.stratification = 'none'
                or cell_period.is_national_rule_adjusted
            )
    left join {{ person_ethnicity }}
        on
            {{ person_ethnicity }}.subject_number = {{ people }}.subject_number
            and {{ person_ethnicity }}.ethnicity_rule = {{ variant }}.ethnicity_rule
            and {{ person_ethnicity }}.basis = {{ variant }}.basis
{%- endmacro %}

{#
The counts of every cell and ethnic group from people in their ethnic group, by the columns that name a cell.
Aggregates have no person: their numerator counts as people with one event each, and so does their denominator, after
person-years are divided by the years of the period.
#}
{% macro counts_of_people(relation, cell) -%}
    {%- set columns = cell + ['ethnicity_code'] -%}
    select
        {{ columns | join(', ') }},
        {{ stable_sum('coalesce(people_count, 1) * numerator') }} as numerator,
        {{ stable_sum('coalesce(people_count, 1) * denominator') }} as denominator,
        cast(sum(case
            when people_count is null then round(numerator)
            when numerator > 0 then people_count
            else 0
        end) as bigint) as numerator_people,
        cast(sum(case
            when people_count is null then round(denominator * people_per_denominator)
            when denominator > 0 then people_count
            else 0
        end) as bigint) as denominator_people,
        {{ stable_sum(
            'case when people_count is null then numerator else people_count * numerator * numerator end'
        ) }} as numerator_sq,
        {{ stable_sum(
            'case when people_count is null then least(numerator, denominator)'
            ~ ' when numerator > 0 then people_count * denominator else 0e0 end'
        ) }} as event_denominator,
        max(is_modelled) as is_modelled
    from {{ relation }}
    group by {{ columns | join(', ') }}
{%- endmacro %}

{# A relation of `numbered_cell_columns` as one of `cell_columns`, with the given columns besides. #}
{% macro in_words(relation, columns) -%}
    {%- set of_period = ['measure_id', 'period_type', 'period_start'] -%}
    {%- set of_unit = ['organisation_code', 'unit_level', 'unit_code'] -%}
    select
        {%- for column in cell_columns() %}
        {{ 'cell_period' if column in of_period else 'cell_unit' if column in of_unit else relation }}.{{ column }},
        {%- endfor %}
        {{ aliased(columns, relation) }}
    from {{ relation }}
    inner join cell_period on cell_period.period_number = {{ relation }}.period_number
    inner join cell_unit on cell_unit.ancestor_number = {{ relation }}.ancestor_number
{%- endmacro %}
