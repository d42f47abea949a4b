select
    feed,
    field,
    measure,
    unit_level,
    effective_from,
    lead(effective_from) over (
        partition by feed, field, measure, unit_level order by effective_from asc nulls last
    ) as replaced_on,
    green,
    amber,
    reason,
    approver
from {{ ref('ref_quality_target') }}
