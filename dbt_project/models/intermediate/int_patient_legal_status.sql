with month_of_record as (
    select period_start as month, period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

-- A period still open is known to last to the end of the last month that reported it.
detained as (
    select distinct
        period.local_patient_key,
        month_of_record.month
    from {{ ref('int_mha_period') }} as period
    inner join month_of_record
        on
            period.start_date <= month_of_record.month_end
            and coalesce(period.end_date, {{ month_end('period.last_month') }}) >= month_of_record.month
    where period.legal_status_group = 'detention'
),

on_ward as (
    select distinct
        stay.local_patient_key,
        month_of_record.month
    from {{ ref('int_ward_stay') }} as stay
    inner join month_of_record
        on
            stay.start_date <= month_of_record.month_end
            and coalesce(stay.end_date, {{ add_days('stay.known_until', -1) }}) >= month_of_record.month
    where stay.local_patient_key is not null
)

select
    coalesce(detained.local_patient_key, on_ward.local_patient_key) as local_patient_key,
    coalesce(detained.month, on_ward.month) as month,
    case when detained.local_patient_key is not null then 'detained' else 'informal' end as legal_status
from detained
full outer join on_ward
    on on_ward.local_patient_key = detained.local_patient_key and on_ward.month = detained.month
