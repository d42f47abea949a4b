with staff as (
    select
        staff_key,
        organisation_code,
        sex_code,
        min(month) over (partition by staff_key) as first_month,
        max(month) over (partition by staff_key) as last_month,
        row_number() over (
            partition by staff_key
            order by month desc nulls last, is_counted desc nulls last, assignment_key asc nulls last
        ) as recency
    from {{ ref('int_staff_assignment') }}
),

ethnicity as (
    select
        subject_key,
        ethnicity_code_2001,
        ethnicity_code_2021,
        recording_status,
        usable_record_count,
        distinct_usable_count,
        has_conflict
    from {{ ref('int_preferred_ethnicity') }}
    where subject = 'staff'
)

select
    staff.staff_key,
    staff.organisation_code,
    staff.sex_code,
    coalesce(ethnicity.ethnicity_code_2001, 'missing') as ethnicity_code_2001,
    coalesce(ethnicity.ethnicity_code_2021, 'missing') as ethnicity_code_2021,
    coalesce(ethnicity.recording_status, 'missing') as recording_status,
    coalesce(ethnicity.usable_record_count, 0) as usable_record_count,
    coalesce(ethnicity.distinct_usable_count, 0) as distinct_usable_count,
    coalesce(ethnicity.has_conflict, false) as has_conflict,
    staff.first_month,
    staff.last_month
from staff
left join ethnicity on ethnicity.subject_key = staff.staff_key
where staff.recency = 1
