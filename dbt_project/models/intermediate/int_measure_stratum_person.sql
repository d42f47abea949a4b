{%- set additivities = ['sum', 'distinct'] -%}
with {{ atoms_to_count("<> 'none'") }},

{% for additivity in additivities -%}
people_{{ additivity }} as (
    {{ people_in_cell(additivity, true) }}
),

{% endfor -%}
person as (
    {{ people_of_every_kind(additivities) }}
),

person_of_group as (
    {{ people_by_ethnicity('person', 'variant', 'person_ethnicity') }}
)

select
    {{ cell_columns() | join(', ') }},
    ethnicity_code,
    {{ people_columns() | join(', ') }}
from person_of_group
