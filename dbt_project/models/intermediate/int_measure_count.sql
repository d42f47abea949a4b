{%- set columns = cell_columns() + ['ethnicity_code'] -%}
with atom as (
    select
        measure_id,
        ethnicity_rule,
        basis,
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
    where role = 'own'
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
        people_per_denominator
    from {{ ref('int_measure_period') }}
),

measure_unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code, level_order
    from {{ ref('int_measure_unit') }}
),

{% for additivity in ['sum', 'distinct', 'latest', 'given'] -%}
counted_as_{{ additivity }} as (
    {{ measure_counts(additivity) }}
),

{% endfor -%}
counted as (
    {%- for additivity in ['sum', 'distinct', 'latest', 'given'] %}
    select
        {{ columns | join(', ') }},
        numerator, denominator, numerator_people, denominator_people, numerator_sq, is_modelled
    from counted_as_{{ additivity }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    {{ columns | join(', ') }},
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    numerator_sq,
    is_modelled
from counted
