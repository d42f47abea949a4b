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
One row per cell, ethnic group and person (aggregates: one row without a person) from the CTEs `atom`
(int_measure_atom), `measure_period` (int_measure_period) and `measure_unit` (int_measure_unit), for crude cells
(`is_stratified` false) or for strata. The atoms of one person are brought together here, because numbers of people and
squares of a person's events exist only within a cell: three events a month for a year are 36 squared, not twelve times
3 squared.
#}
{% macro people_in_cell(additivity, is_stratified) -%}
    {%- set numerator = 'max(atom.numerator)' if additivity == 'distinct' else stable_sum('atom.numerator') -%}
    {%- set denominator = 'max(atom.denominator)' if additivity == 'distinct' else stable_sum('atom.denominator') -%}
    {%- set key -%}
        atom.measure_id, atom.ethnicity_rule, atom.basis, atom.denominator_rule, measure_period.period_type,
        measure_period.period_start, atom.organisation_code, measure_unit.unit_level, measure_unit.ancestor_code,
        atom.breakdown, atom.breakdown_value, atom.stratification, atom.stratum, atom.ethnicity_code, atom.subject_key
    {%- endset -%}
    select
        atom.measure_id,
        atom.ethnicity_rule,
        atom.basis,
        atom.denominator_rule,
        measure_period.period_type,
        measure_period.period_start,
        atom.organisation_code,
        measure_unit.unit_level,
        measure_unit.ancestor_code as unit_code,
        atom.breakdown,
        atom.breakdown_value,
        atom.stratification,
        atom.stratum,
        atom.ethnicity_code,
        atom.subject_key,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator,
        max(measure_period.people_per_denominator) as people_per_denominator,
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
        and atom.stratification {{ '<>' if is_stratified else '=' }} 'none'
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
        and (
            atom.ethnicity_rule = 'preferred'
            or (measure_unit.level_order = 1 and measure_period.is_headline)
        )
        {%- if additivity in ('latest', 'given') %}
        and measure_period.is_last_month
        {%- endif %}
        {%- if additivity == 'given' %}
        and measure_unit.ancestor_code = atom.unit_code
        {%- endif %}
    group by {{ key }}
{%- endmacro %}

{#
The counts of every cell and ethnic group from a relation of `people_in_cell`.
Aggregates have no person: their numerator counts as people with one event each, and so does their denominator, after
person-years are divided by the years of the period.
#}
{% macro counts_of_people(relation) -%}
    {%- set columns = cell_columns() + ['ethnicity_code'] -%}
    select
        {{ columns | join(', ') }},
        {{ stable_sum('numerator') }} as numerator,
        {{ stable_sum('denominator') }} as denominator,
        cast(sum(case
            when subject_key is null then round(numerator)
            when numerator > 0 then 1
            else 0
        end) as bigint) as numerator_people,
        cast(sum(case
            when subject_key is null then round(denominator * people_per_denominator)
            when denominator > 0 then 1
            else 0
        end) as bigint) as denominator_people,
        {{ stable_sum('case when subject_key is null then numerator else numerator * numerator end') }} as numerator_sq,
        {{ stable_sum(
            'case when subject_key is null then least(numerator, denominator)'
            ~ ' when numerator > 0 then denominator else 0e0 end'
        ) }} as event_denominator,
        max(is_modelled) as is_modelled
    from {{ relation }}
    group by {{ columns | join(', ') }}
{%- endmacro %}
