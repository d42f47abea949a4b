with known as (
    select
        organisation_code,
        unit_code,
        valid_from,
        valid_to,
        unit_name,
        unit_level,
        parent_unit_code,
        division_code,
        directorate_code,
        team_code,
        service_line,
        is_ward
    from {{ ref('int_organisation_unit') }}
),

-- Where a record cannot be placed it belongs to the unknown unit of its organisation, at every level.
unknown as (
    select distinct
        organisation_code,
        'UNKNOWN' as unit_code,
        {{ date_literal('1900-01-01') }} as valid_from,
        {{ date_literal('9999-12-31') }} as valid_to,
        'Unit not known' as unit_name,
        'team' as unit_level,
        'UNKNOWN' as parent_unit_code,
        'UNKNOWN' as division_code,
        'UNKNOWN' as directorate_code,
        'UNKNOWN' as team_code,
        cast(null as string) as service_line,
        false as is_ward
    from {{ ref('int_organisation_successor') }}
),

unit as (
    select
        organisation_code, unit_code, valid_from, valid_to, unit_name, unit_level, parent_unit_code,
        division_code, directorate_code, team_code, service_line, is_ward
    from known
    union all
    select
        organisation_code, unit_code, valid_from, valid_to, unit_name, unit_level, parent_unit_code,
        division_code, directorate_code, team_code, service_line, is_ward
    from unknown
)

select
    unit_code,
    valid_from,
    valid_to,
    unit_name,
    unit_level,
    parent_unit_code,
    organisation_code,
    division_code,
    directorate_code,
    team_code,
    service_line,
    is_ward
from unit
