{# Rounds of fitting to ages and then to groups: after 6 the ages are met to a thousandth of a person. #}
{%- set rounds = 6 -%}
{#- Sums are exact decimals, so that they do not depend on the order of the rows. #}
{%- set exact_sum = 'sum(cast(population as decimal(28, 12)))' -%}
{%- set age_sum = exact_sum ~ ' over (partition by area_code, age_band)' -%}
{%- set group_sum = exact_sum ~ ' over (partition by area_code, census_code)' -%}

with figure as (
    select area_code, census_code, sex_code, age_band, shape, population
    from {{ ref('int_census_population') }}
),

shape as (
    select census_code, sex_code, age_band, population
    from {{ ref('int_population_shape') }}
),

observed_area as (
    select distinct area_code
    from figure
    where shape = 'group_sex_age'
),

-- A cell that an observed table leaves out holds nobody.
observed as (
    select
        observed_area.area_code,
        shape.census_code,
        shape.sex_code,
        shape.age_band,
        cast(coalesce(figure.population, 0) as double) as population,
        'observed' as population_source
    from observed_area
    cross join shape
    left join figure
        on
            figure.shape = 'group_sex_age'
            and figure.area_code = observed_area.area_code
            and figure.census_code = shape.census_code
            and figure.sex_code = shape.sex_code
            and figure.age_band = shape.age_band
),

group_total as (
    select figure.area_code, figure.census_code, cast(figure.population as double) as group_population
    from figure
    left join observed_area on observed_area.area_code = figure.area_code
    where figure.shape = 'group' and observed_area.area_code is null
),

area_total as (
    select area_code, cast(sum(cast(group_population as decimal(28, 12))) as double) as area_population
    from group_total
    group by area_code
),

age_total as (
    select
        area_code,
        age_band,
        {{ safe_divide('population', exact_sum ~ ' over (partition by area_code)') }} as age_share
    from {{ ref('ref_census_age') }}
),

age_shape as (
    select census_code, age_band, cast({{ exact_sum }} as double) as population
    from shape
    group by census_code, age_band
),

-- Sex is split after the fit: neither margin knows it, so fitting without it gives the same cells.
start as (
    select
        group_total.area_code,
        age_shape.census_code,
        age_shape.age_band,
        group_total.group_population,
        age_total.age_share * area_total.area_population as age_population,
        age_shape.population
    from group_total
    inner join area_total on area_total.area_code = group_total.area_code
    inner join age_shape on age_shape.census_code = group_total.census_code
    left join age_total
        on age_total.area_code = group_total.area_code and age_total.age_band = age_shape.age_band
),

{% for round in range(rounds) -%}
{%- set before = 'start' if loop.first else 'by_group_' ~ (round - 1) -%}
by_age_{{ round }} as (
    select
        area_code,
        census_code,
        age_band,
        group_population,
        age_population,
        case
            when age_population is null then population
            else coalesce(population * {{ safe_divide('age_population', age_sum) }}, 0e0)
        end as population
    from {{ before }}
),

by_group_{{ round }} as {{ materialized() }}(
    select
        area_code,
        census_code,
        age_band,
        group_population,
        age_population,
        coalesce(population * {{ safe_divide('group_population', group_sum) }}, 0e0) as population
    from by_age_{{ round }}
),

{% endfor -%}
sex_share as (
    select
        census_code,
        sex_code,
        age_band,
        {{ safe_divide('population', exact_sum ~ ' over (partition by census_code, age_band)') }} as share
    from shape
),

modelled as (
    select
        fitted.area_code,
        fitted.census_code,
        sex_share.sex_code,
        fitted.age_band,
        fitted.population * sex_share.share as population,
        case when fitted.age_population is null then 'modelled_england_shape' else 'modelled_ages' end
            as population_source
    from by_group_{{ rounds - 1 }} as fitted
    inner join sex_share
        on sex_share.census_code = fitted.census_code and sex_share.age_band = fitted.age_band
),

population as (
    select area_code, census_code, sex_code, age_band, population, population_source
    from observed
    union all
    select area_code, census_code, sex_code, age_band, population, population_source
    from modelled
)

select
    area_code,
    census_code,
    sex_code,
    age_band,
    population,
    population_source
from population
