with snapshot as (
    select
        period_start as snapshot_date,
        {{ month_start('period_start') }} as month
    from {{ ref('dim_period') }}
    where period_type = 'snapshot'
),

staff as (
    select
        fct.organisation_code,
        fct.staff_key,
        fct.unit_code,
        snapshot.month,
        coalesce(fct.band_code, 'unknown') as band_code,
        case
            when fct.is_clinical then 'clinical'
            when not fct.is_clinical then 'non_clinical'
            else 'unknown'
        end as clinical_split
    from {{ ref('fct_staff_snapshot') }} as fct
    inner join snapshot on snapshot.month = fct.snapshot_month
    where fct.is_in_wres_scope
),

staff_by_breakdown as (
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        'all' as breakdown,
        'all' as breakdown_value
    from staff
    union all
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        'clinical_split' as breakdown,
        clinical_split as breakdown_value
    from staff
    union all
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        'band' as breakdown,
        band_code as breakdown_value
    from staff
    union all
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        'clinical_band' as breakdown,
        concat(clinical_split, ':', band_code) as breakdown_value
    from staff
),

-- An authority served by several units of one organisation counts once.
catchment as (
    select distinct
        bridge.organisation_code,
        snapshot.month,
        bridge.area_code
    from {{ ref('bridge_unit_area') }} as bridge
    inner join snapshot on snapshot.snapshot_date between bridge.valid_from and bridge.valid_to
    where bridge.service_line = 'workforce'
),

resident as (
    select
        fct.area_code,
        census.code_2001,
        census.code_2021,
        fct.population,
        fct.population_source <> 'observed' as is_fitted,
        band.is_working_age
    from {{ ref('fct_population') }} as fct
    inner join {{ ref('ref_census_ethnicity') }} as census on census.census_code = fct.census_code
    inner join {{ ref('ref_age_band') }} as band on band.age_band = fct.age_band
),

-- Residents of working age rest on fitted ages where no table brings them; residents of all ages never do.
resident_by_basis as (
    {%- for basis in ['2001', '2021'] %}
    select
        area_code,
        'reference' as role,
        '{{ basis }}' as basis,
        code_{{ basis }} as ethnicity_code,
        population,
        is_fitted as is_modelled
    from resident
    where is_working_age
    union all
    select
        area_code,
        'reference_observed' as role,
        '{{ basis }}' as basis,
        code_{{ basis }} as ethnicity_code,
        population,
        false as is_modelled
    from resident
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

resident_in_catchment as (
    select
        catchment.organisation_code,
        catchment.month,
        resident_by_basis.role,
        resident_by_basis.basis,
        resident_by_basis.ethnicity_code,
        {{ stable_sum('resident_by_basis.population') }} as population,
        max(resident_by_basis.is_modelled) as is_modelled
    from catchment
    inner join resident_by_basis on resident_by_basis.area_code = catchment.area_code
    group by
        catchment.organisation_code,
        catchment.month,
        resident_by_basis.role,
        resident_by_basis.basis,
        resident_by_basis.ethnicity_code
),

atom as (
    select
        'own' as role,
        organisation_code,
        staff_key as subject_key,
        month,
        unit_code,
        breakdown,
        breakdown_value,
        cast(null as {{ dbt.type_string() }}) as basis,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        1e0 as numerator,
        1e0 as denominator,
        false as is_modelled
    from staff_by_breakdown
    union all
    select
        role,
        organisation_code,
        cast(null as {{ dbt.type_string() }}) as subject_key,
        month,
        organisation_code as unit_code,
        'all' as breakdown,
        'all' as breakdown_value,
        basis,
        ethnicity_code,
        population as numerator,
        population as denominator,
        is_modelled
    from resident_in_catchment
)

select
    'workforce_representation' as measure_id,
    role,
    organisation_code,
    subject_key,
    month,
    unit_code,
    breakdown,
    breakdown_value,
    'none' as stratification,
    'none' as stratum,
    basis,
    cast(null as {{ dbt.type_string() }}) as denominator_rule,
    ethnicity_code,
    numerator,
    denominator,
    is_modelled
from atom
