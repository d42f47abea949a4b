with detention as (
    select organisation_code, start_month, residence_area_code
    from {{ ref('fct_mha_episode') }}
    where is_new_detention
),

catchment as (
    select organisation_code, area_code, month
    from {{ ref('int_catchment') }}
    where service_line = 'adult_mental_health'
),

month_of_record as (
    select period_start as month
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

placed as (
    select
        detention.organisation_code,
        detention.start_month as month,
        case
            when month_of_record.month is null then 'outside_months'
            when detention.residence_area_code is null then 'area_unknown'
            when catchment.area_code is null then 'outside_catchment'
            else 'counted'
        end as coverage_code
    from detention
    left join month_of_record on month_of_record.month = detention.start_month
    left join catchment
        on
            catchment.organisation_code = detention.organisation_code
            and catchment.area_code = detention.residence_area_code
            and catchment.month = detention.start_month
)

select
    organisation_code,
    month,
    coverage_code,
    cast(count(*) as bigint) as detention_count
from placed
group by organisation_code, month, coverage_code
