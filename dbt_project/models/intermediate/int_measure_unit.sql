{%- set levels = ['organisation', 'division', 'directorate', 'team'] -%}
with unit as (
    select
        organisation_code,
        unit_code,
        valid_from,
        valid_to,
        division_code,
        directorate_code,
        team_code
    from {{ ref('dim_organisation_unit') }}
),

month_of_record as (
    select
        period_start as month,
        period_end as month_end
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

unit_in_month as (
    select
        unit.organisation_code,
        unit.unit_code,
        month_of_record.month,
        unit.division_code,
        unit.directorate_code,
        unit.team_code,
        row_number() over (
            partition by unit.organisation_code, unit.unit_code, month_of_record.month
            order by unit.valid_from desc nulls last
        ) as version_order
    from unit
    inner join month_of_record
        on unit.valid_from <= month_of_record.month_end and unit.valid_to >= month_of_record.month
),

unit_as_it_was as (
    select organisation_code, unit_code, month, division_code, directorate_code, team_code
    from unit_in_month
    where version_order = 1
),

-- Whatever sits above the level asked for counts there under an unknown unit, so that levels add up to each other.
ancestor as (
    {%- for level in levels %}
    select
        organisation_code,
        unit_code,
        month,
        '{{ level }}' as unit_level,
        {% if level == 'organisation' %}organisation_code{% else %}coalesce({{ level }}_code, 'UNKNOWN'){% endif %}
            as ancestor_code,
        {{ loop.index }} as level_order
    from unit_as_it_was
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    organisation_code,
    unit_code,
    month,
    unit_level,
    ancestor_code,
    level_order
from ancestor
