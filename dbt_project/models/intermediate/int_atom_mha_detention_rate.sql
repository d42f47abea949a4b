with month_of_record as (
    select
        period_start as month,
        period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- One unit answers for an authority in a month: the one that served it last, so that nobody is counted twice.
served_area as (
    select
        bridge.organisation_code,
        bridge.area_code,
        bridge.unit_code,
        month_of_record.month,
        row_number() over (
            partition by bridge.organisation_code, bridge.area_code, month_of_record.month
            order by bridge.valid_from desc nulls last, bridge.unit_code asc nulls last
        ) as unit_order
    from {{ ref('bridge_unit_area') }} as bridge
    inner join month_of_record
        on bridge.valid_from <= month_of_record.month_end and bridge.valid_to >= month_of_record.month
    where bridge.service_line = 'adult_mental_health'
),

catchment as (
    select organisation_code, area_code, unit_code, month
    from served_area
    where unit_order = 1
),

resident as (
    select
        fct.area_code,
        census.code_2001 as ethnicity_code,
        {{ stable_sum('fct.population') }} as population
    from {{ ref('fct_population') }} as fct
    inner join {{ ref('ref_census_ethnicity') }} as census on census.census_code = fct.census_code
    group by fct.area_code, census.code_2001
),

detention as (
    select
        catchment.organisation_code,
        catchment.unit_code,
        catchment.month,
        episode.person_key
    from {{ ref('fct_mha_episode') }} as episode
    inner join catchment
        on
            catchment.organisation_code = episode.organisation_code
            and catchment.area_code = episode.residence_area_code
            and catchment.month = episode.start_month
    where episode.is_new_detention
),

-- Every age of an authority is counted, so nothing here rests on fitted ages.
atom as (
    select
        organisation_code,
        person_key as subject_key,
        month,
        unit_code,
        cast(null as {{ dbt.type_string() }}) as basis,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        1e0 as numerator,
        0e0 as denominator
    from detention
    union all
    select
        catchment.organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        catchment.month,
        catchment.unit_code,
        '2001' as basis,
        resident.ethnicity_code,
        0e0 as numerator,
        {{ safe_divide('resident.population', '12') }} as denominator
    from catchment
    inner join resident on resident.area_code = catchment.area_code
)

select
    'mha_detention_rate' as measure_id,
    'own' as role,
    organisation_code,
    subject_key,
    month,
    unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    'none' as stratification,
    'none' as stratum,
    basis,
    ethnicity_code,
    numerator,
    denominator,
    false as is_modelled
from atom
