with finding as (
    select receipt_id, feed, source_organisation_code, period, column_name, rule, effect, finding_count
    from {{ ref('stg_lake__finding') }}
    where effect in ('value', 'row') and rule <> 'vocabulary' and not is_refused
),

-- Every finding of a file, column and rule carries their whole number.
per_file as (
    select
        receipt_id,
        feed,
        source_organisation_code,
        period,
        column_name,
        rule,
        effect,
        max(finding_count) as record_count
    from finding
    group by receipt_id, feed, source_organisation_code, period, column_name, rule, effect
)

select
    feed as source,
    coalesce(column_name, 'whole_row') as field,
    source_organisation_code,
    period,
    rule,
    effect,
    {{ month_from_text('period') }} as month,
    cast(sum(record_count) as bigint) as record_count
from per_file
group by feed, coalesce(column_name, 'whole_row'), source_organisation_code, period, rule, effect
