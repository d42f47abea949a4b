{%- set uses = {
    'any_other': 'code.is_any_other', 'other_group': 'code.is_other_group', 'mixed': 'code.is_mixed'
} -%}
{%- set slice = ['source', 'organisation_code', 'unit_level', 'unit_code', 'month'] -%}
with code as (
    select
        ethnicity_code as code_2001,
        is_any_other,
        yields_to_specific as is_other_group,
        nhs_broad_code = 'mixed' as is_mixed
    from {{ ref('ref_ethnicity') }}
    where basis = '2001'
),

unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

-- The division a unit belongs to in a month.
division_of_unit as (
    select
        unit.organisation_code,
        unit.unit_level,
        unit.ancestor_code as unit_code,
        unit.month,
        min(division.ancestor_code) as division_code
    from unit
    inner join unit as division
        on
            division.organisation_code = unit.organisation_code
            and division.unit_code = unit.unit_code
            and division.month = unit.month
            and division.unit_level = 'division'
    where unit.unit_level <> 'organisation'
    group by unit.organisation_code, unit.unit_level, unit.ancestor_code, unit.month
),

-- Residents by the unit that answers for them, and again for the organisation.
resident_of_unit as (
    {%- for unit_code in ['catchment.organisation_code', 'catchment.unit_code'] %}
    select
        catchment.organisation_code,
        catchment.service_line,
        {{ unit_code }} as unit_code,
        catchment.month,
        {{ stable_sum('resident.resident_count') }} as resident_count,
        {%- for use, is_used in uses.items() %}
        {{ stable_sum('case when ' ~ is_used ~ ' then resident.resident_count else 0e0 end') }} as {{ use }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_catchment') }} as catchment
    inner join {{ ref('int_resident_group') }} as resident on resident.area_code = catchment.area_code
    inner join code on code.code_2001 = resident.code_2001
    {%- if not loop.first %}
    where catchment.unit_code <> catchment.organisation_code
    {%- endif %}
    group by catchment.organisation_code, catchment.service_line, {{ unit_code }}, catchment.month
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

resident_share as (
    select
        organisation_code,
        service_line,
        unit_code,
        month,
        {%- for use in uses %}
        {{ safe_divide(use ~ '_count', 'resident_count') }} as {{ use }}_share
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from resident_of_unit
),

counted as (
    select
        {{ aliased(slice, 'recorded') }},
        {{ service_line_of('recorded.source') }} as service_line,
        cast(sum(case recorded.recording_status when 'valid' then recorded.record_count else 0 end) as bigint)
            as valid_count,
        cast(sum(case when recorded.has_lost_detail then recorded.record_count else 0 end) as bigint)
            as detail_lost_count,
        {%- for use, is_used in uses.items() %}
        cast(sum(case when {{ is_used }} then recorded.record_count else 0 end) as bigint) as {{ use }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_ethnicity_count') }} as recorded
    left join code on code.code_2001 = recorded.code_2001
    where recorded.breakdown = 'all'
    group by {{ aliased(slice, 'recorded') }}
),

compared as (
    select
        {{ aliased(slice, 'counted') }},
        counted.valid_count,
        counted.detail_lost_count,
        {%- for use in uses %}
        counted.{{ use }}_count,
        {{ safe_divide('counted.' ~ use ~ '_count', 'counted.valid_count') }} as {{ use }}_share,
        coalesce(of_division.{{ use }}_share, of_organisation.{{ use }}_share) as resident_{{ use }}_share
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from counted
    left join division_of_unit
        on
            {{ same_columns(slice[1:], 'division_of_unit', 'counted') }}
    left join resident_share as of_division
        on
            {{ same_columns(['organisation_code', 'service_line', 'month'], 'of_division', 'counted') }}
            and of_division.unit_code = division_of_unit.division_code
    left join resident_share as of_organisation
        on
            {{ same_columns(['organisation_code', 'service_line', 'month'], 'of_organisation', 'counted') }}
            and of_organisation.unit_code = counted.organisation_code
)

select
    {{ slice | join(', ') }},
    valid_count,
    {%- for use in uses %}
    {{ use }}_count,
    {%- endfor %}
    detail_lost_count,
    {%- for use in uses %}
    {{ use }}_share,
    {%- endfor %}
    {%- for use in uses %}
    resident_{{ use }}_share,
    {%- endfor %}
    {%- for use in uses %}
    {{ safe_divide(use ~ '_share', 'resident_' ~ use ~ '_share') }} as {{ use }}_ratio
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from compared
