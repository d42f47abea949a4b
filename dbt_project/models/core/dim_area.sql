with area as (
    select area_code, max(area_name) as area_name
    from {{ ref('int_census_population') }}
    group by area_code
),

population as (
    select area_code, max(population_source) as population_source
    from {{ ref('fct_population') }}
    group by area_code
),

reference as (
    select area_code, country_code
    from {{ ref('ref_area') }}
)

select
    area.area_code,
    area.area_name,
    coalesce(
        reference.country_code,
        case when substr(area.area_code, 1, 1) = 'W' then 'W92000004' else 'E92000001' end
    ) as country_code,
    reference.area_code is not null as is_reference,
    population.population_source
from area
inner join population on population.area_code = area.area_code
left join reference on reference.area_code = area.area_code
