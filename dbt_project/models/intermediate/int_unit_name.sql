with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

unit as (
    select organisation_code, unit_code, min(valid_from) as valid_from, max(valid_to) as valid_to
    from {{ ref('int_organisation_unit') }}
    group by organisation_code, unit_code
),

-- A name holds only while its unit exists.
name as (
    select
        name.system,
        {{ squeeze('name.system_name') }} as system_name,
        organisation.organisation_code,
        name.unit_code,
        greatest(name.valid_from, unit.valid_from) as valid_from,
        least(coalesce(name.valid_to, {{ date_literal('9999-12-31') }}), unit.valid_to) as valid_to,
        name.source_organisation_code
    from {{ ref('stg_organisation__organisation_unit_name') }} as name
    inner join organisation on organisation.source_organisation_code = name.source_organisation_code
    inner join unit on unit.organisation_code = organisation.organisation_code and unit.unit_code = name.unit_code
),

ranked as (
    select
        system,
        system_name,
        organisation_code,
        unit_code,
        valid_from,
        valid_to,
        row_number() over (
            partition by system, system_name, organisation_code, valid_from
            order by valid_to desc nulls last, source_organisation_code asc nulls last, unit_code asc nulls last
        ) as version_rank
    from name
    where system_name is not null and valid_from <= valid_to
),

-- A name that passes from one unit to another does so on a day: spans never overlap.
span as (
    select
        system,
        system_name,
        organisation_code,
        unit_code,
        valid_from,
        least(
            valid_to,
            coalesce(
                {{ day_before_next('valid_from', 'system, system_name, organisation_code') }},
                {{ date_literal('9999-12-31') }}
            )
        ) as valid_to
    from ranked
    where version_rank = 1
)

select
    system,
    system_name,
    organisation_code,
    unit_code,
    valid_from,
    valid_to
from span
