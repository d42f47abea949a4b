with month_of_record as (
    select period_start as month
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- In post: substantive, bank and non-executive; agency, honorary and locum workers are not on the staff.
staff as (
    select
        fct.organisation_code,
        fct.staff_key,
        fct.snapshot_month as month,
        fct.unit_code
    from {{ ref('fct_staff_snapshot') }} as fct
    inner join month_of_record on month_of_record.month = fct.snapshot_month
    where fct.workforce_scope <> 'other'
),

incident as (
    select
        fct.organisation_code,
        fct.staff_key,
        fct.incident_month as month
    from {{ ref('fct_incident') }} as fct
    inner join month_of_record on month_of_record.month = fct.incident_month
    where fct.is_racist and fct.staff_key is not null
),

-- An incident counts under the unit the person worked in that month, as the person's time does, and not under the
-- place where it happened: otherwise a team would have events of people whose time another team has.
placed_incident as (
    select
        incident.organisation_code,
        incident.staff_key,
        incident.month,
        coalesce(fct.unit_code, 'UNKNOWN') as unit_code
    from incident
    left join {{ ref('fct_staff_snapshot') }} as fct
        on
            fct.organisation_code = incident.organisation_code
            and fct.staff_key = incident.staff_key
            and fct.snapshot_month = incident.month
            and fct.workforce_scope <> 'other'
),

event_and_time as (
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        0 as incident_count,
        1 as month_count
    from staff
    union all
    select
        organisation_code,
        staff_key,
        unit_code,
        month,
        1 as incident_count,
        0 as month_count
    from placed_incident
),

-- A quarter is the shortest period of the measure, so that a third of the rows does.
by_quarter as (
    select
        organisation_code,
        staff_key,
        unit_code,
        min(month) as month,
        cast(sum(incident_count) as double) as numerator,
        {{ safe_divide('sum(month_count)', '12') }} as denominator
    from event_and_time
    group by organisation_code, staff_key, unit_code, {{ quarter_start('month') }}
)

select
    'racist_incident_rate' as measure_id,
    'own' as role,
    organisation_code,
    staff_key as subject_key,
    month,
    unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    'none' as stratification,
    'none' as stratum,
    cast(null as {{ dbt.type_string() }}) as basis,
    cast(null as {{ dbt.type_string() }}) as denominator_rule,
    cast(null as {{ dbt.type_string() }}) as ethnicity_code,
    numerator,
    denominator,
    false as is_modelled
from by_quarter
