with atom as (
    select measure_id, stratification, stratum, numerator
    from {{ ref('int_measure_atom') }}
    where role = 'standard'
)

-- The same standard stands in every month and organisation.
select
    measure_id,
    stratification,
    stratum,
    max(numerator) as weight
from atom
group by measure_id, stratification, stratum
