{%- set slice = ['source', 'organisation_code', 'unit_level', 'unit_code', 'month'] -%}
with counted as (
    select
        {{ slice | join(', ') }},
        cast(sum(record_count) as bigint) as person_count,
        cast(sum(comparable_count) as bigint) as comparable_count,
        cast(sum(two_record_count) as bigint) as two_record_count,
        cast(sum(conflict_count) as bigint) as conflict_count,
        cast(sum(downgraded_count) as bigint) as downgraded_count,
        cast(sum(withdrawn_count) as bigint) as withdrawn_count
    from {{ ref('int_ethnicity_count') }}
    where breakdown = 'all'
    group by {{ slice | join(', ') }}
)

-- Whoever a snapshot alone knows has a second record only if it differs: over two records the share of such people
-- would be 1 whatever is recorded, so it is over those who could have been seen to differ.
-- What comes from the patient record can lose an answer it holds; in the patient record itself one can be withdrawn.
select
    {{ slice | join(', ') }},
    person_count,
    comparable_count,
    two_record_count,
    conflict_count,
    {{ safe_divide('conflict_count', 'comparable_count') }} as conflict_share,
    case when source in ('mhsds', 'incidents') then downgraded_count end as downgraded_count,
    case when source = 'patient_ethnicity' then withdrawn_count end as withdrawn_count
from counted
