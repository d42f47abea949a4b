select
    fct.area_code,
    census.code_2001,
    {{ stable_sum('fct.population') }} as resident_count
from {{ ref('fct_population') }} as fct
inner join {{ ref('ref_census_ethnicity') }} as census on census.census_code = fct.census_code
group by fct.area_code, census.code_2001
