with succession as (
    select
        predecessor_code,
        successor_code,
        row_number() over (
            partition by predecessor_code
            order by succeeded_on desc nulls last, successor_code asc nulls last
        ) as version_rank
    from {{ ref('stg_organisation__organisation_succession') }}
    where predecessor_code <> successor_code
),

step as (
    select predecessor_code, successor_code
    from succession
    where version_rank = 1
),

organisation as (
    select predecessor_code as source_organisation_code
    from step
    union
    select successor_code as source_organisation_code
    from step
    union
    select source_organisation_code
    from {{ ref('stg_lake__receipt') }}
    where source_organisation_code is not null
    union
    select '{{ var("organisation_code") }}' as source_organisation_code
),

-- A trust may have been merged, and its successor merged again: three steps are followed.
successor as (
    select
        organisation.source_organisation_code,
        coalesce(
            third.successor_code,
            second.successor_code,
            first.successor_code,
            organisation.source_organisation_code
        ) as organisation_code
    from organisation
    left join step as first on first.predecessor_code = organisation.source_organisation_code
    left join step as second on second.predecessor_code = first.successor_code
    left join step as third on third.predecessor_code = second.successor_code
)

select
    source_organisation_code,
    organisation_code
from successor
