with ward_month as (
    select
        organisation_code,
        subject_key,
        month,
        unit_code,
        sex_code,
        age_band,
        case when is_restrained then 1e0 else 0e0 end as numerator,
        1e0 as denominator
    from {{ ref('int_ward_month') }}
),

atom as (
    {{ ward_atoms('restraint_likelihood', stratified=['all', 'sex', 'age_band']) }}
)

select {{ atom_columns() | join(', ') }}
from atom
