{%- set additivities = ['sum', 'distinct', 'latest', 'given'] -%}
with {{ atoms_to_count("= 'none'", role='wider_area') }},

{% for additivity in additivities -%}
people_{{ additivity }} as (
    {{ people_in_cell(additivity, false) }}
),

{% endfor -%}
person as (
    {{ people_of_every_kind(additivities) }}
),

person_of_group as (
    {{ people_by_ethnicity('person', 'variant', 'person_ethnicity') }}
),

numbered_count as (
    {{ counts_of_people('person_of_group', numbered_cell_columns()) }}
),

counted as (
    {{ in_words('numbered_count', ['ethnicity_code', 'numerator', 'denominator']) }}
),

headline as (
    select distinct measure_id, headline_period_type
    from variant
)

select
    counted.measure_id,
    'wider_area' as variant,
    counted.basis,
    counted.period_type,
    counted.period_start,
    counted.organisation_code,
    counted.ethnicity_code,
    counted.numerator,
    counted.denominator
from counted
inner join headline
    on headline.measure_id = counted.measure_id and headline.headline_period_type = counted.period_type
where
    counted.ethnicity_rule = 'preferred'
    and counted.denominator_rule = 'own'
    and counted.unit_level = 'organisation'
    and counted.breakdown = 'all'
