{%- set texts = [
    'team_name', 'staff_group', 'job_role', 'pay_grade', 'assignment_category', 'assignment_status'
] -%}
with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

assignment as (
    select
        staff_key,
        assignment_key,
        month,
        {{ month_end('month') }} as snapshot_date,
        source_organisation_code,
        primary_assignment,
        team_name,
        staff_group,
        job_role,
        pay_grade,
        assignment_category,
        assignment_status,
        fte,
        sex_code,
        age_band,
        nationality,
        disability,
        ethnic_origin
    from {{ ref('stg_staff_record__staff_record') }}
    where month is not null
),

-- Texts repeat by the thousand: each is tidied once.
{% for text in texts -%}
{{ text }}_text as (
    select {{ text }}, {{ squeeze(text) }} as whole
    from assignment
    group by {{ text }}
),

{% endfor -%}
grade_map as (
    select raw_value, band_code
    from {{ ref('ref_grade_map') }}
    where source = 'esr'
),

-- ESR writes `type|code|name`. A band in the name overrides the code.
grade as (
    select
        pay_grade_text.pay_grade,
        coalesce(by_whole.band_code, by_name.band_code, by_code.band_code) as band_code,
        coalesce(by_name.band_code <> by_code.band_code, false) as is_grade_conflict
    from pay_grade_text
    left join grade_map as by_whole on by_whole.raw_value = pay_grade_text.whole
    left join grade_map as by_name on by_name.raw_value = trim(split_part(pay_grade_text.whole, '|', 3))
    left join grade_map as by_code on by_code.raw_value = trim(split_part(pay_grade_text.whole, '|', 2))
),

medical_role as (
    select job_role_text.job_role, map.band_code
    from job_role_text
    inner join grade_map as map on map.raw_value = job_role_text.whole
),

{{ unit_of_month_ctes('staff_record', 'assignment') }},

ethnicity as (
    select raw_value, code_2001, code_2021, recording_status, has_lost_detail
    from {{ ref('int_ethnicity_value') }}
    where source = 'esr'
),

mapped as (
    select
        assignment.staff_key,
        assignment.assignment_key,
        assignment.month,
        assignment.snapshot_date,
        assignment.source_organisation_code,
        organisation.organisation_code,
        coalesce(unit_of_month.unit_code, 'UNKNOWN') as unit_code,
        assignment.primary_assignment = 'Y' as is_primary,
        coalesce(staff_group.staff_group, assignment.staff_group) as staff_group,
        staff_group.is_clinical,
        coalesce(
            grade.band_code,
            case when staff_group.staff_group = 'Medical and Dental' then medical_role.band_code end,
            'unknown'
        ) as band_code,
        coalesce(grade.is_grade_conflict, false) as is_grade_conflict,
        coalesce(status.is_in_post, true) as is_in_post,
        case
            when not coalesce(status.is_in_post, true) then 'other'
            else coalesce(category.workforce_scope, 'other')
        end as workforce_scope,
        assignment.fte,
        coalesce(sex.sex_code, 'unknown') as sex_code,
        coalesce(assignment.age_band, 'unknown') as age_band,
        assignment.nationality,
        assignment.disability,
        ethnicity.code_2001,
        ethnicity.code_2021,
        ethnicity.recording_status,
        ethnicity.has_lost_detail
    from assignment
    inner join organisation on organisation.source_organisation_code = assignment.source_organisation_code
    {% for text in texts if text not in ('job_role', 'pay_grade') -%}
    left join {{ text }}_text on {{ text }}_text.{{ text }} is not distinct from assignment.{{ text }}
    {% endfor -%}
    left join unit_of_month
        on
            unit_of_month.organisation_code = organisation.organisation_code
            and unit_of_month.system_name = team_name_text.whole
            and unit_of_month.month = assignment.month
    left join {{ ref('ref_staff_group') }} as staff_group on staff_group.raw_value = staff_group_text.whole
    left join grade on grade.pay_grade is not distinct from assignment.pay_grade
    left join medical_role on medical_role.job_role = assignment.job_role
    left join {{ ref('ref_assignment_status') }} as status on status.raw_value = assignment_status_text.whole
    left join {{ ref('ref_assignment_category') }} as category on category.raw_value = assignment_category_text.whole
    left join {{ ref('ref_sex') }} as sex
        on sex.source = 'esr' and sex.raw_value = upper(trim(assignment.sex_code))
    left join ethnicity on ethnicity.raw_value is not distinct from assignment.ethnic_origin
),

-- A person counts once: in post before ended or not begun, substantive before bank (whoever holds a contract is on the
-- staff, whichever assignment is marked), then at the primary assignment, else at the largest and the highest.
ranked as (
    select
        mapped.staff_key,
        mapped.assignment_key,
        mapped.month,
        mapped.snapshot_date,
        mapped.source_organisation_code,
        mapped.organisation_code,
        mapped.unit_code,
        mapped.is_primary,
        mapped.staff_group,
        mapped.is_clinical,
        mapped.band_code,
        mapped.is_grade_conflict,
        mapped.is_in_post,
        mapped.workforce_scope,
        mapped.fte,
        mapped.sex_code,
        mapped.age_band,
        mapped.nationality,
        mapped.disability,
        mapped.code_2001,
        mapped.code_2021,
        mapped.recording_status,
        mapped.has_lost_detail,
        count(*) over (partition by mapped.staff_key, mapped.month) as assignment_count,
        row_number() over (
            partition by mapped.staff_key, mapped.month
            order by
                mapped.is_in_post desc nulls last,
                case when mapped.workforce_scope = 'substantive' then 0 else 1 end asc,
                mapped.is_primary desc nulls last,
                mapped.fte desc nulls last,
                band.sort_order desc nulls last,
                mapped.assignment_key asc nulls last
        ) as assignment_rank
    from mapped
    left join {{ ref('ref_band') }} as band on band.band_code = mapped.band_code
)

select
    staff_key,
    assignment_key,
    month,
    snapshot_date,
    source_organisation_code,
    organisation_code,
    unit_code,
    is_primary,
    staff_group,
    is_clinical,
    band_code,
    is_grade_conflict,
    is_in_post,
    workforce_scope,
    fte,
    sex_code,
    age_band,
    nationality,
    disability,
    code_2001,
    code_2021,
    recording_status,
    has_lost_detail,
    assignment_count,
    assignment_rank = 1 as is_counted
from ranked
