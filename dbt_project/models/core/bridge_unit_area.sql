with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

served as (
    select
        organisation.organisation_code,
        area.unit_code,
        area.service_line,
        area.area_code,
        area.valid_from,
        max(coalesce(area.valid_to, {{ date_literal('9999-12-31') }})) as valid_to
    from {{ ref('stg_organisation__organisation_unit_area') }} as area
    inner join organisation on organisation.source_organisation_code = area.source_organisation_code
    group by
        organisation.organisation_code, area.unit_code, area.service_line, area.area_code, area.valid_from
)

select
    organisation_code,
    unit_code,
    service_line,
    area_code,
    valid_from,
    valid_to
from served
