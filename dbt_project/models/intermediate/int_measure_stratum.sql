-- Numbers instead of names: what is grouped and joined by stratum costs a fraction.
with named as (
    select distinct stratification, stratum
    from {{ ref('int_measure_count') }}
    where stratification <> 'none'
)

select
    row_number() over (order by stratification, stratum) as stratum_number,
    stratification,
    stratum
from named
