with last_month as (
    select max(period_start) as month
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

code as (
    select ethnicity_code as code_2001
    from {{ ref('ref_ethnicity') }}
    where basis = '2001' and recording_status = 'valid' and ethnicity_code <> recording_status
),

-- The authorities served in the last month, and all of them together.
catchment as (
    select
        served.organisation_code,
        served.service_line,
        served.area_code
    from {{ ref('int_catchment') }} as served
    inner join last_month on last_month.month = served.month
),

person as (
    select person_key, residence_area_code
    from {{ ref('dim_person') }}
),

-- What was recorded in the twelve months; of the patient record what it held of the people in contact.
record as (
    select source, organisation_code, subject, subject_key, month, code_2001, recording_status
    from {{ ref('int_ethnicity_record') }}
    where source in ('mhsds', 'staff_record') and subject_key is not null
    union all
    select
        'patient_ethnicity' as source,
        organisation_code,
        'patient' as subject,
        person_key as subject_key,
        month,
        code_2001,
        recording_status
    from {{ ref('int_contact_ethnicity') }}
),

-- A person counts once, with the usable code of the last month that has one.
recorded as (
    select
        record.source,
        record.organisation_code,
        record.subject,
        record.subject_key,
        record.code_2001,
        row_number() over (
            partition by record.source, record.organisation_code, record.subject_key
            order by record.month desc nulls last, record.code_2001 asc nulls last
        ) as recency
    from record
    inner join last_month
        on
            record.month <= last_month.month
            and record.month > {{ add_months('last_month.month', -12) }}
    where record.recording_status = 'valid'
),

-- Staff are not known by where they live: they stand beside the whole area they come from.
counted_person as (
    select
        recorded.source,
        recorded.organisation_code,
        catchment.area_code,
        recorded.code_2001
    from recorded
    inner join person on person.person_key = recorded.subject_key
    inner join catchment
        on
            catchment.organisation_code = recorded.organisation_code
            and catchment.service_line = {{ service_line_of('recorded.source') }}
            and catchment.area_code = person.residence_area_code
    where recorded.recency = 1 and recorded.subject = 'patient'
    union all
    select
        source,
        organisation_code,
        cast(null as {{ dbt.type_string() }}) as area_code,
        code_2001
    from recorded
    where recency = 1 and subject = 'staff'
),

recorded_count as (
    select
        source,
        organisation_code,
        'all' as area_code,
        code_2001,
        count(*) as recorded_count
    from counted_person
    group by source, organisation_code, code_2001
    union all
    select
        source,
        organisation_code,
        area_code,
        code_2001,
        count(*) as recorded_count
    from counted_person
    where area_code is not null
    group by source, organisation_code, area_code, code_2001
),

resident_count as (
    {%- for area_code in ["'all'", 'catchment.area_code'] %}
    select
        catchment.organisation_code,
        catchment.service_line,
        {{ area_code }} as area_code,
        resident.code_2001,
        {{ stable_sum('resident.resident_count') }} as resident_count
    from catchment
    inner join {{ ref('int_resident_group') }} as resident on resident.area_code = catchment.area_code
    group by
        catchment.organisation_code, catchment.service_line, resident.code_2001
        {{- ', catchment.area_code' if not loop.first }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Every group has a row, recorded or not, in every area of a source that has any record at all.
place as (
    select distinct
        source,
        organisation_code,
        area_code
    from recorded_count
),

cell as (
    select
        place.source,
        place.organisation_code,
        place.area_code,
        code.code_2001,
        coalesce(recorded_count.recorded_count, 0) as recorded_count,
        coalesce(resident_count.resident_count, 0e0) as resident_count
    from place
    cross join code
    left join recorded_count
        on
            {{ same_columns(['source', 'organisation_code', 'area_code'], 'recorded_count', 'place') }}
            and recorded_count.code_2001 = code.code_2001
    left join resident_count
        on
            {{ same_columns(['organisation_code', 'area_code'], 'resident_count', 'place') }}
            and resident_count.service_line = {{ service_line_of('place.source') }}
            and resident_count.code_2001 = code.code_2001
),

totalled as (
    select
        source,
        organisation_code,
        area_code,
        code_2001,
        recorded_count,
        resident_count,
        cast(sum(recorded_count) over (partition by source, organisation_code, area_code) as bigint) as recorded_total,
        {{ stable_sum('resident_count', over='over (partition by source, organisation_code, area_code)') }}
            as resident_total
    from cell
),

shared as (
    select
        source,
        organisation_code,
        area_code,
        code_2001,
        recorded_count,
        {{ safe_divide('recorded_count', 'recorded_total') }} as recorded_share,
        {{ stat_wilson_lower('recorded_count', 'recorded_total') }} as recorded_lower,
        {{ stat_wilson_upper('recorded_count', 'recorded_total') }} as recorded_upper,
        resident_count,
        {{ safe_divide('resident_count', 'resident_total') }} as resident_share
    from totalled
)

select
    source,
    organisation_code,
    area_code,
    code_2001 as ethnicity_code,
    recorded_count,
    recorded_share,
    cast(round(resident_count) as bigint) as resident_count,
    resident_share,
    {{ safe_divide('recorded_share', 'resident_share') }} as fit_ratio,
    {{ safe_divide('recorded_lower', 'resident_share') }} as fit_ratio_lower,
    {{ safe_divide('recorded_upper', 'resident_share') }} as fit_ratio_upper
from shared
