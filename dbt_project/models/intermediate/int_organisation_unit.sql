with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

unit as (
    select
        organisation.organisation_code,
        unit.unit_code,
        unit.unit_name,
        unit.unit_level,
        unit.parent_unit_code,
        unit.service_line,
        unit.is_ward = 'Y' as is_ward,
        unit.valid_from,
        coalesce(unit.valid_to, {{ date_literal('9999-12-31') }}) as stated_valid_to,
        row_number() over (
            partition by organisation.organisation_code, unit.unit_code, unit.valid_from
            order by
                unit.valid_to desc nulls last,
                unit.source_organisation_code asc nulls last,
                unit.file_row_number desc nulls last
        ) as version_rank
    from {{ ref('stg_organisation__organisation_unit') }} as unit
    inner join organisation on organisation.source_organisation_code = unit.source_organisation_code
),

-- A span ends at the latest on the day before the unit's next one begins, so that a day has one answer.
span as (
    select
        organisation_code,
        unit_code,
        unit_name,
        unit_level,
        parent_unit_code,
        service_line,
        is_ward,
        valid_from,
        least(
            stated_valid_to,
            coalesce(
                {{ day_before_next('valid_from', 'organisation_code, unit_code') }},
                {{ date_literal('9999-12-31') }}
            )
        ) as valid_to
    from unit
    where version_rank = 1
),

change_day as (
    select organisation_code, valid_from as changed_on
    from span
    union
    select organisation_code, {{ add_days('valid_to', 1) }} as changed_on
    from span
    where valid_to < {{ date_literal('9999-12-31') }}
),

segment as (
    select
        span.organisation_code,
        span.unit_code,
        span.unit_level,
        span.parent_unit_code,
        span.valid_from as span_from,
        span.valid_to as span_to,
        change_day.changed_on as segment_from
    from span
    inner join change_day
        on
            change_day.organisation_code = span.organisation_code
            and change_day.changed_on between span.valid_from and span.valid_to
),

ancestry as (
    select
        segment.organisation_code,
        segment.unit_code,
        segment.span_from,
        segment.span_to,
        segment.segment_from,
        coalesce(
            case when segment.unit_level = 'division' then segment.unit_code end,
            case when parent.unit_level = 'division' then parent.unit_code end,
            case when grandparent.unit_level = 'division' then grandparent.unit_code end,
            case when segment.unit_level <> 'organisation' then 'UNKNOWN' end
        ) as division_code,
        coalesce(
            case when segment.unit_level = 'directorate' then segment.unit_code end,
            case when parent.unit_level = 'directorate' then parent.unit_code end,
            case when segment.unit_level = 'team' then 'UNKNOWN' end
        ) as directorate_code
    from segment
    left join span as parent
        on
            parent.organisation_code = segment.organisation_code
            and parent.unit_code = segment.parent_unit_code
            and segment.segment_from between parent.valid_from and parent.valid_to
    left join span as grandparent
        on
            grandparent.organisation_code = segment.organisation_code
            and grandparent.unit_code = parent.parent_unit_code
            and segment.segment_from between grandparent.valid_from and grandparent.valid_to
),

marked as (
    select
        organisation_code,
        unit_code,
        span_from,
        span_to,
        segment_from,
        division_code,
        directorate_code,
        lag(concat(coalesce(division_code, ''), '|', coalesce(directorate_code, ''))) over (
            partition by organisation_code, unit_code, span_from order by segment_from
        ) as place_before,
        concat(coalesce(division_code, ''), '|', coalesce(directorate_code, '')) as place
    from ancestry
),

kept as (
    select
        organisation_code,
        unit_code,
        span_from,
        segment_from as valid_from,
        coalesce(
            {{ day_before_next('segment_from', 'organisation_code, unit_code, span_from') }},
            span_to
        ) as valid_to,
        division_code,
        directorate_code
    from marked
    where place_before is null or place_before <> place
)

select
    kept.organisation_code,
    kept.unit_code,
    kept.valid_from,
    kept.valid_to,
    span.unit_name,
    span.unit_level,
    span.parent_unit_code,
    kept.division_code,
    kept.directorate_code,
    case when span.unit_level = 'team' then kept.unit_code end as team_code,
    span.service_line,
    span.is_ward
from kept
inner join span
    on
        span.organisation_code = kept.organisation_code
        and span.unit_code = kept.unit_code
        and span.valid_from = kept.span_from
