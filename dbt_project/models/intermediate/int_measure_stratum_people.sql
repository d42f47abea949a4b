{%- set additivities = ['sum', 'distinct'] -%}
{%- set grouped = numbered_cell_columns() + ['ethnicity_code', 'is_in_several_strata']
    + (people_columns() | reject('equalto', 'people_count') | list) -%}
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
),

-- Who stands in several strata is followed through them, and who brings events and time may be put on either side of a
-- comparison (int_measure_unknown_person); of all others it matters only how many are alike.
followed as (
    select
        {{ (grouped | reject('equalto', 'subject_number')) | join(', ') }},
        case
            when is_in_several_strata or {{ brings_events_and_time('numerator', 'denominator') }} then subject_number
        end as subject_number,
        people_count
    from numbered_person
),

-- Aggregates have no number of people to say how often a row occurs: equal ones are added up here.
alike as (
    select
        {{ (grouped | reject('in', ['numerator', 'denominator'])) | join(', ') }},
        numerator * case when sum(people_count) is null then count(*) else 1 end as numerator,
        denominator * case when sum(people_count) is null then count(*) else 1 end as denominator,
        cast(sum(people_count) as bigint) as people_count
    from followed
    group by {{ grouped | join(', ') }}
)

{{ in_words('alike', ['ethnicity_code'] + people_columns() + ['is_in_several_strata']) }}
