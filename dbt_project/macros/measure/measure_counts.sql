{#
The final cell of every period and unit, from the atoms, by the way a measure adds up.

additivity:
    sum       events and days: added over the months of the period and the units below
    distinct  people: each once per cell, counted afresh at every period and unit, never rolled up
    latest    people in post: the last month of the period only; added over units, never over time
    given     aggregates from elsewhere: the last month of the period, at the unit they were given for

Reads the CTEs `atom` (int_measure_atom), `measure_period` (int_measure_period) and `measure_unit` (int_measure_unit).
The atoms of one person are first brought together within the cell, because numbers of people and squares of a person's
events exist only there: three events a month for a year are 36 squared, not twelve times 3 squared.
Aggregate atoms have no person: their numerator counts as people, and so does their denominator, after person-years
are divided by the years of the period.
#}
{% macro measure_counts(additivity) -%}
    {%- set numerator = 'max(numerator)' if additivity == 'distinct' else stable_sum('numerator') -%}
    {%- set denominator = 'max(denominator)' if additivity == 'distinct' else stable_sum('denominator') -%}
    {%- set columns = cell_columns() + ['ethnicity_code'] -%}
    select
        {{ columns | join(', ') }},
        {{ stable_sum('numerator') }} as numerator,
        {{ stable_sum('denominator') }} as denominator,
        cast(sum(numerator_people) as bigint) as numerator_people,
        cast(sum(denominator_people) as bigint) as denominator_people,
        {{ stable_sum('numerator_sq') }} as numerator_sq,
        max(is_modelled) as is_modelled
    from (
        select
            {{ columns | join(', ') }},
            {{ numerator }} as numerator,
            {{ denominator }} as denominator,
            case
                when subject_key is null then round({{ stable_sum('numerator') }})
                when max(numerator) > 0 then 1
                else 0
            end as numerator_people,
            case
                when subject_key is null then round({{ stable_sum('denominator') }} * max(people_per_denominator))
                when max(denominator) > 0 then 1
                else 0
            end as denominator_people,
            case
                when subject_key is null then {{ stable_sum('numerator') }}
                else {{ numerator }} * {{ numerator }}
            end as numerator_sq,
            max(is_modelled) as is_modelled
        from (
            select
                atom.measure_id,
                atom.ethnicity_rule,
                atom.basis,
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
                atom.numerator,
                atom.denominator,
                atom.is_modelled,
                measure_period.people_per_denominator
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
                and (
                    measure_unit.level_order <= 2
                    or (
                        measure_period.is_below_division
                        and atom.breakdown = 'all'
                        and atom.stratification = 'none'
                    )
                )
                {%- if additivity in ('latest', 'given') %}
                and measure_period.is_last_month
                {%- endif %}
                {%- if additivity == 'given' %}
                and measure_unit.ancestor_code = atom.unit_code
                {%- endif %}
        ) as atom_in_cell
        group by {{ columns | join(', ') }}, subject_key
    ) as person_in_cell
    group by {{ columns | join(', ') }}
{%- endmacro %}
