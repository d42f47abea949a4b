{%- set additivities = ['sum', 'distinct'] -%}
{%- set across_strata = (numbered_cell_columns() | reject('equalto', 'stratum') | list) + ['subject_number'] -%}
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
),

numbered_person as (
    select
        {{ (numbered_cell_columns() + ['ethnicity_code'] + people_columns()) | join(', ') }},
        subject_number is not null
        and count(*) over (partition by {{ across_strata | join(', ') }}) > 1 as is_in_several_strata
    from person_of_group
)

{{ in_words('numbered_person', ['ethnicity_code'] + people_columns() + ['is_in_several_strata']) }}
