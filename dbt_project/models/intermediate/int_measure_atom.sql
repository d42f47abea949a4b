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
    select measure_id, bases, breakdowns, stratifications, denominator_rules
    from {{ ref('measure_catalogue') }}
),

basis as (
    select value as basis
    from {{ ref('ref_enum') }}
    where column_name = 'basis'
),

ethnicity_rule as (
    select value as ethnicity_rule
    from {{ ref('ref_enum') }}
    where column_name = 'ethnicity_rule'
),

denominator_rule as (
    select value as denominator_rule
    from {{ ref('ref_enum') }}
    where column_name = 'denominator_rule'
),

person_ethnicity as (
    select subject_key, ethnicity_rule, basis, ethnicity_code
    from {{ ref('int_person_ethnicity') }}
),

known_unit as (
    select distinct organisation_code, unit_code, month
    from {{ ref('int_measure_unit') }}
)

select
    atom.measure_id,
    atom.role,
    ethnicity_rule.ethnicity_rule,
    basis.basis,
    denominator_rule.denominator_rule,
    atom.organisation_code,
    atom.subject_key,
    atom.month,
    case when known_unit.unit_code is null then 'UNKNOWN' else atom.unit_code end as unit_code,
    atom.breakdown,
    atom.breakdown_value,
    atom.stratification,
    atom.stratum,
    case
        when atom.subject_key is null then atom.ethnicity_code
        else coalesce(person_ethnicity.ethnicity_code, 'missing')
    end as ethnicity_code,
    atom.numerator,
    atom.denominator,
    atom.is_modelled
from atom
inner join catalogue
    on
        catalogue.measure_id = atom.measure_id
        and {{ in_list('atom.breakdown', 'catalogue.breakdowns') }}
        and {{ in_list('atom.stratification', 'catalogue.stratifications') }}
inner join basis
    on
        {{ in_list('basis.basis', 'catalogue.bases') }}
        and (atom.basis is null or atom.basis = basis.basis)
inner join denominator_rule
    on
        {{ in_list('denominator_rule.denominator_rule', 'catalogue.denominator_rules') }}
        and (atom.denominator_rule is null or atom.denominator_rule = denominator_rule.denominator_rule)
-- The other rules answer one question, how far the headline hangs on the rule: they need the crude cell only.
inner join ethnicity_rule
    on
        ethnicity_rule.ethnicity_rule = 'preferred'
        or (atom.breakdown = 'all' and atom.stratification = 'none' and denominator_rule.denominator_rule = 'own')
left join person_ethnicity
    on
        person_ethnicity.subject_key = atom.subject_key
        and person_ethnicity.ethnicity_rule = ethnicity_rule.ethnicity_rule
        and person_ethnicity.basis = basis.basis
left join known_unit
    on
        known_unit.organisation_code = atom.organisation_code
        and known_unit.unit_code = atom.unit_code
        and known_unit.month = atom.month
