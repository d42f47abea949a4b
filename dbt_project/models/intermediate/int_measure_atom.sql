{{ config(materialized='view') }}
with atom as (
    {%- for measure_id in var('atom_measures') %}
    select {{ atom_columns() | join(', ') }}
    from {{ ref('int_atom_' ~ measure_id) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

catalogue as (
    select measure_id, breakdowns, stratifications
    from {{ ref('measure_catalogue') }}
),

subject as (
    select subject_key, subject_number
    from {{ ref('int_measure_subject') }}
),

{{ known_unit_cte(ref('int_measure_unit')) }}

select
    atom.measure_id,
    atom.role,
    atom.basis,
    atom.denominator_rule,
    atom.organisation_code,
    subject.subject_number,
    atom.month,
    {{ unit_or_unknown() }} as unit_code,
    atom.breakdown,
    atom.breakdown_value,
    atom.stratification,
    atom.stratum,
    atom.ethnicity_code,
    atom.numerator,
    atom.denominator,
    atom.is_modelled
from atom
inner join catalogue
    on
        catalogue.measure_id = atom.measure_id
        and {{ in_list('atom.breakdown', 'catalogue.breakdowns') }}
        and {{ in_list('atom.stratification', 'catalogue.stratifications') }}
left join subject on subject.subject_key = atom.subject_key
left join known_unit on {{ is_known_unit('atom') }}
