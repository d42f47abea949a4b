{%- set additivities = ['sum', 'distinct', 'latest', 'given'] -%}
{%- set columns = cell_columns() + ['ethnicity_code'] -%}
with {{ atoms_to_count("= 'none'") }},

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

person_of_group_in_stratum as (
    select {{ (columns + people_columns()) | join(', ') }}
    from {{ ref('int_measure_stratum_people') }}
),

crude_count as (
    {{ counts_of_people('person_of_group', numbered_cell_columns()) }}
),

counted as (
    {{ in_words('crude_count', ['ethnicity_code'] + count_columns() + ['is_modelled']) }}
    union all
    {{ counts_of_people('person_of_group_in_stratum', cell_columns()) }}
)

select
    {{ columns | join(', ') }},
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    numerator_sq,
    event_denominator,
    is_modelled
from counted
