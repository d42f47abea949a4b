with atom as (
    select
        measure_id,
        basis,
        organisation_code,
        month,
        ethnicity_code,
        role,
        numerator,
        is_modelled
    from {{ ref('int_measure_atom') }}
    where role in ('reference', 'reference_observed')
),

variant as (
    select distinct measure_id, ethnicity_rule, basis
    from {{ ref('int_measure_variant') }}
),

last_month as (
    select measure_id, period_type, period_start, month
    from {{ ref('int_measure_period') }}
    where is_last_month
)

select
    atom.measure_id,
    variant.ethnicity_rule,
    variant.basis,
    last_month.period_type,
    last_month.period_start,
    atom.organisation_code,
    atom.ethnicity_code,
    {{ stable_sum("case when atom.role = 'reference' then atom.numerator end") }} as reference_count,
    {{ stable_sum("case when atom.role = 'reference_observed' then atom.numerator end") }} as observed_count,
    max(atom.is_modelled) as is_modelled
from atom
inner join variant
    on variant.measure_id = atom.measure_id and (atom.basis is null or atom.basis = variant.basis)
inner join last_month
    on
        last_month.measure_id = atom.measure_id
        and last_month.month = atom.month
group by
    atom.measure_id, variant.ethnicity_rule, variant.basis, last_month.period_type, last_month.period_start,
    atom.organisation_code, atom.ethnicity_code
