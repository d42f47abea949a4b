with month_of_stay as (
    select period_start as month, period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

stay as (
    select ward_stay_key, person_key, organisation_code, ward_name, start_date, known_until
    from {{ ref('int_ward_stay') }}
),

unit_name as (
    select organisation_code, system_name, unit_code, valid_from, valid_to
    from {{ ref('int_unit_name') }}
    where system = 'mhsds'
),

-- Days from the start, clipped to the month, to the end or to the day after the month, as NHS England counts them.
clipped as (
    select
        stay.ward_stay_key,
        stay.person_key,
        stay.organisation_code,
        stay.ward_name,
        month_of_stay.month,
        greatest(stay.start_date, month_of_stay.month) as counted_from,
        least(stay.known_until, {{ add_days('month_of_stay.month_end', 1) }}) as counted_until
    from stay
    inner join month_of_stay
        on stay.start_date <= month_of_stay.month_end and stay.known_until > month_of_stay.month
)

select
    clipped.ward_stay_key,
    clipped.person_key,
    clipped.organisation_code,
    coalesce(unit_name.unit_code, 'UNKNOWN') as unit_code,
    clipped.month,
    {{ days_between('clipped.counted_from', 'clipped.counted_until') }} as bed_day_count
from clipped
left join unit_name
    on
        unit_name.organisation_code = clipped.organisation_code
        and unit_name.system_name = clipped.ward_name
        and clipped.counted_from between unit_name.valid_from and unit_name.valid_to
where clipped.counted_from < clipped.counted_until
