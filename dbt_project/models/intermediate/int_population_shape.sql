{# Roma had no box of its own in 2011: its youngest band is cut by the shape of Other White. #}
{%- set parent_of = {'16': '17'} -%}

with england as (
    select census_code, sex_code, age_band as england_band, population
    from {{ ref('ref_census_england') }}
),

band as (
    select age_band, england_band
    from {{ ref('ref_age_band') }}
),

young as (
    select
        census_code,
        sex_code,
        age_band,
        {{ safe_divide('population', 'sum(population) over (partition by census_code, sex_code)') }} as share
    from {{ ref('ref_census_2011_young') }}
),

young_of_group as (
    select census_code, sex_code, age_band, share
    from young
    {%- for code, parent in parent_of.items() %}
    union all
    select '{{ code }}' as census_code, sex_code, age_band, share
    from young
    where census_code = '{{ parent }}'
    {%- endfor %}
)

select
    england.census_code,
    england.sex_code,
    band.age_band,
    cast(england.population as double)
    * case when england.england_band = '0-24' then young_of_group.share else 1e0 end as population
from england
inner join band on band.england_band = england.england_band
left join young_of_group
    on
        young_of_group.census_code = england.census_code
        and young_of_group.sex_code = england.sex_code
        and young_of_group.age_band = band.age_band
