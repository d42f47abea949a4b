{%- set additivities = ['sum', 'distinct', 'latest', 'given'] -%}
{%- set columns = cell_columns() + ['ethnicity_code'] -%}
with atom as (
    select
        measure_id,
        ethnicity_rule,
        basis,
        denominator_rule,
        organisation_code,
        subject_key,
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
    where role = 'own' and stratification = 'none'
),

measure_period as (
    select
        measure_id,
        additivity,
        lowest_level_order,
        period_type,
        period_start,
        is_below_division,
        month,
        is_last_month,
        is_headline,
        is_adjusted,
        people_per_denominator
    from {{ ref('int_measure_period') }}
),

measure_unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code, level_order
    from {{ ref('int_measure_unit') }}
),

{% for additivity in additivities -%}
people_{{ additivity }} as (
    {{ people_in_cell(additivity, false) }}
),

{% endfor -%}
stratum_person as (
    select
        {{ columns | join(', ') }},
        subject_key,
        numerator,
        denominator,
        people_per_denominator,
        is_modelled
    from {{ ref('int_measure_stratum_person') }}
),

counted as (
    {%- for additivity in additivities %}
    {{ counts_of_people('people_' ~ additivity) }}
    union all
    {%- endfor %}
    {{ counts_of_people('stratum_person') }}
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
