-- Numbers instead of names: what is grouped and joined by stratum costs a fraction.
with named as (
    select distinct stratification, stratum
    from {{ ref('int_measure_count') }}
    where stratification <> 'none'
),

pooled as (
    select distinct stratification
    from {{ ref('ref_adjustment') }}
    where estimator = 'mantel_haenszel'
)

select
    row_number() over (order by named.stratification, named.stratum) as stratum_number,
    dense_rank() over (order by named.stratification) as stratification_number,
    named.stratification,
    named.stratum,
    pooled.stratification is not null as is_mantel_haenszel
from named
left join pooled on pooled.stratification = named.stratification
