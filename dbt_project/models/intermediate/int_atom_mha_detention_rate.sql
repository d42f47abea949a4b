with month_of_record as (
    select
        period_start as month,
        period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- One unit answers for an authority in a month.
catchment as (
    select organisation_code, area_code, unit_code, month
    from {{ ref('int_catchment') }}
    where service_line = 'adult_mental_health'
),

resident as (
    select
        fct.area_code,
        census.code_2001,
        census.code_national,
        concat(fct.sex_code, ':', band.standard_band) as age_sex,
        fct.population_source <> 'observed' as is_fitted,
        fct.population
    from {{ ref('fct_population') }} as fct
    inner join {{ ref('ref_census_ethnicity') }} as census on census.census_code = fct.census_code
    inner join {{ ref('ref_age_band') }} as band on band.age_band = fct.age_band
),

-- Where every age of an authority is counted nothing rests on fitted ages. As nationally published, groups without a
-- 2001 code do not count under another one.
resident_of_area as (
    {%- for denominator_rule, code in {'own': 'code_2001', 'national': 'code_national'}.items() %}
    {%- for stratification, stratum in {'none': "'none'", 'authority': 'area_code', 'age_sex': 'age_sex'}.items() %}
    select
        area_code,
        '{{ denominator_rule }}' as denominator_rule,
        '{{ stratification }}' as stratification,
        {{ stratum }} as stratum,
        {{ code }} as ethnicity_code,
        {{ stable_sum('population') }} as population,
        {{ 'max(is_fitted)' if stratification == 'age_sex' else 'false' }} as is_modelled
    from resident
    where {{ code }} is not null
    group by area_code, {{ 'age_sex, ' if stratification == 'age_sex' }}{{ code }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

resident_in_month as (
    select
        catchment.organisation_code,
        catchment.unit_code,
        catchment.month,
        resident_of_area.denominator_rule,
        resident_of_area.stratification,
        resident_of_area.stratum,
        resident_of_area.ethnicity_code,
        {{ stable_sum('resident_of_area.population') }} as population,
        max(resident_of_area.is_modelled) as is_modelled
    from catchment
    inner join resident_of_area on resident_of_area.area_code = catchment.area_code
    group by
        catchment.organisation_code,
        catchment.unit_code,
        catchment.month,
        resident_of_area.denominator_rule,
        resident_of_area.stratification,
        resident_of_area.stratum,
        resident_of_area.ethnicity_code
),

detention as (
    select
        catchment.organisation_code,
        catchment.unit_code,
        catchment.month,
        episode.person_key,
        catchment.area_code as authority,
        case
            when episode.sex_code in ('1', '2') and band.standard_band is not null
                then concat(episode.sex_code, ':', band.standard_band)
            else 'unknown'
        end as age_sex
    from {{ ref('fct_mha_episode') }} as episode
    inner join catchment
        on
            catchment.organisation_code = episode.organisation_code
            and catchment.area_code = episode.residence_area_code
            and catchment.month = episode.start_month
    left join {{ ref('ref_age_band') }} as band on band.age_band = episode.age_band
    where episode.is_new_detention
),

-- Also the authorities of the area of reference that another provider serves: how far the headline hangs on leaving
-- them out. Of their residents only those whom this organisation detained are known.
wider_area as (
    select organisation_code, month, area_code
    from catchment
    union
    select distinct
        catchment.organisation_code,
        catchment.month,
        area.area_code
    from catchment
    cross join {{ ref('dim_area') }} as area
    where area.is_reference
),

resident_of_wider_area as (
    select
        wider_area.organisation_code,
        wider_area.month,
        resident_of_area.ethnicity_code,
        {{ stable_sum('resident_of_area.population') }} as population
    from wider_area
    inner join resident_of_area on resident_of_area.area_code = wider_area.area_code
    where resident_of_area.denominator_rule = 'own' and resident_of_area.stratification = 'none'
    group by wider_area.organisation_code, wider_area.month, resident_of_area.ethnicity_code
),

detention_of_wider_area as (
    select
        wider_area.organisation_code,
        wider_area.month,
        episode.person_key
    from {{ ref('fct_mha_episode') }} as episode
    inner join wider_area
        on
            wider_area.organisation_code = episode.organisation_code
            and wider_area.area_code = episode.residence_area_code
            and wider_area.month = episode.start_month
    where episode.is_new_detention
),

-- A division that serves no authority has no residents: the rate is not defined for it.
unserved_division as (
    select distinct
        division.organisation_code,
        division.unit_code,
        month_of_record.month
    from {{ ref('dim_organisation_unit') }} as division
    inner join month_of_record
        on division.valid_from <= month_of_record.month_end and division.valid_to >= month_of_record.month
    left join catchment
        on
            catchment.organisation_code = division.organisation_code
            and catchment.unit_code = division.unit_code
            and catchment.month = month_of_record.month
    where division.unit_level = 'division' and catchment.unit_code is null
),

-- England, all ethnic groups together, as in the national rates.
england as (
    select
        concat(shape.sex_code, ':', band.standard_band) as age_sex,
        {{ stable_sum('shape.population') }} as population
    from {{ ref('int_population_shape') }} as shape
    inner join {{ ref('ref_age_band') }} as band on band.age_band = shape.age_band
    where shape.sex_code in ('1', '2')
    group by shape.sex_code, band.standard_band
),

-- The standard belongs to no organisation, month or unit.
atom as (
    {%- for stratification, stratum in {'none': "'none'", 'authority': 'authority', 'age_sex': 'age_sex'}.items() %}
    select
        'own' as role,
        organisation_code,
        person_key as subject_key,
        month,
        unit_code,
        '{{ stratification }}' as stratification,
        {{ stratum }} as stratum,
        cast(null as {{ dbt.type_string() }}) as basis,
        cast(null as {{ dbt.type_string() }}) as denominator_rule,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        1e0 as numerator,
        0e0 as denominator,
        false as is_modelled
    from detention
    union all
    {%- endfor %}
    select
        'own' as role,
        organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        month,
        unit_code,
        stratification,
        stratum,
        '2001' as basis,
        denominator_rule,
        ethnicity_code,
        0e0 as numerator,
        {{ safe_divide('population', '12') }} as denominator,
        is_modelled
    from resident_in_month
    union all
    select
        'wider_area' as role,
        organisation_code,
        person_key as subject_key,
        month,
        organisation_code as unit_code,
        'none' as stratification,
        'none' as stratum,
        cast(null as {{ dbt.type_string() }}) as basis,
        'own' as denominator_rule,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        1e0 as numerator,
        0e0 as denominator,
        false as is_modelled
    from detention_of_wider_area
    union all
    select
        'wider_area' as role,
        organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        month,
        organisation_code as unit_code,
        'none' as stratification,
        'none' as stratum,
        '2001' as basis,
        'own' as denominator_rule,
        ethnicity_code,
        0e0 as numerator,
        {{ safe_divide('population', '12') }} as denominator,
        false as is_modelled
    from resident_of_wider_area
    union all
    select
        'no_residents' as role,
        organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        month,
        unit_code,
        'none' as stratification,
        'none' as stratum,
        cast(null as {{ dbt.type_string() }}) as basis,
        cast(null as {{ dbt.type_string() }}) as denominator_rule,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        0e0 as numerator,
        0e0 as denominator,
        false as is_modelled
    from unserved_division
    union all
    select
        'standard' as role,
        cast(null as {{ dbt.type_string() }}) as organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        cast(null as date) as month,
        cast(null as {{ dbt.type_string() }}) as unit_code,
        'age_sex' as stratification,
        age_sex as stratum,
        cast(null as {{ dbt.type_string() }}) as basis,
        'own' as denominator_rule,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        population as numerator,
        0e0 as denominator,
        false as is_modelled
    from england
)

select
    'mha_detention_rate' as measure_id,
    role,
    organisation_code,
    subject_key,
    month,
    unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    stratification,
    stratum,
    basis,
    denominator_rule,
    ethnicity_code,
    numerator,
    denominator,
    is_modelled
from atom
