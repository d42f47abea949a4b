with reference_area as (
    select area_code, area_name
    from {{ ref('ref_area') }}
),

age_band as (
    select age_band, upper(census_label) as census_label
    from {{ ref('ref_age_band') }}
),

-- Only authorities: a small area or a country would count people twice.
landed as (
    select
        census.area_code,
        census.area_name,
        census.census_code,
        census.sex_code,
        coalesce(age_band.age_band, census.age_band) as age_band,
        age_band.age_band is not null as is_our_band,
        census.population,
        census.receipt_id,
        case
            when census.sex_code = 'all' and census.age_band = 'all' then 'group'
            when census.sex_code in ('1', '2') and age_band.age_band is not null then 'group_sex_age'
            else 'other'
        end as shape
    from {{ ref('stg_census__census_population') }} as census
    left join age_band
        on age_band.age_band = census.age_band or age_band.census_label = upper(trim(census.age_band))
    where substr(census.area_code, 1, 3) in ('E06', 'E07', 'E08', 'E09', 'W06')
),

-- Of several files that bring an area in the same shape, the fullest one is used whole.
file_of_area as (
    select
        area_code,
        shape,
        receipt_id,
        row_number() over (
            partition by area_code, shape order by count(*) desc, receipt_id asc
        ) as file_rank
    from landed
    where shape <> 'other'
    group by area_code, shape, receipt_id
),

landed_once as (
    select
        landed.area_code,
        max(landed.area_name) as area_name,
        landed.census_code,
        landed.sex_code,
        landed.age_band,
        landed.shape,
        max(landed.population) as population
    from landed
    inner join file_of_area
        on
            file_of_area.area_code = landed.area_code
            and file_of_area.shape = landed.shape
            and file_of_area.receipt_id = landed.receipt_id
            and file_of_area.file_rank = 1
    group by landed.area_code, landed.census_code, landed.sex_code, landed.age_band, landed.shape
),

replaced as (
    select distinct area_code
    from landed_once
    where shape = 'group'
),

reference_figure as (
    select
        reference.area_code,
        reference.area_name,
        reference.census_code,
        'all' as sex_code,
        'all' as age_band,
        'group' as shape,
        reference.population
    from {{ ref('ref_census_ts021') }} as reference
    left join replaced on replaced.area_code = reference.area_code
    where replaced.area_code is null
),

figure as (
    select area_code, area_name, census_code, sex_code, age_band, shape, population, true as is_landed
    from landed_once
    union all
    select area_code, area_name, census_code, sex_code, age_band, shape, population, false as is_landed
    from reference_figure
)

select
    figure.area_code,
    coalesce(reference_area.area_name, figure.area_name, figure.area_code) as area_name,
    figure.census_code,
    figure.sex_code,
    figure.age_band,
    figure.shape,
    figure.population,
    figure.is_landed
from figure
left join reference_area on reference_area.area_code = figure.area_code
