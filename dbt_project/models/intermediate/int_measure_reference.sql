with atom as (
    select
        measure_id,
        ethnicity_rule,
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

last_month as (
    select measure_id, period_type, period_start, month
    from {{ ref('int_measure_period') }}
    where is_last_month
)

select
    atom.measure_id,
    atom.ethnicity_rule,
    atom.basis,
    last_month.period_type,
    last_month.period_start,
    atom.organisation_code,
    atom.ethnicity_code,
    {{ stable_sum("case when atom.role = 'reference' then atom.numerator end") }} as reference_count,
    {{ stable_sum("case when atom.role = 'reference_observed' then atom.numerator end") }} as observed_count,
    max(atom.is_modelled) as is_modelled
from atom
inner join last_month
    on
        last_month.measure_id = atom.measure_id
        and last_month.month = atom.month
group by
    atom.measure_id, atom.ethnicity_rule, atom.basis, last_month.period_type, last_month.period_start,
    atom.organisation_code, atom.ethnicity_code
