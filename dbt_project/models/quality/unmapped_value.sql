with finding as (
    select receipt_id, feed, source_organisation_code, period, column_name, finding_count
    from {{ ref('stg_lake__finding') }}
    where rule = 'vocabulary' and not is_refused
),

-- Every finding of a file and column carries their whole number.
per_file as (
    select
        receipt_id,
        feed,
        source_organisation_code,
        period,
        column_name,
        max(finding_count) as record_count
    from finding
    group by receipt_id, feed, source_organisation_code, period, column_name
)

select
    feed as source,
    column_name as field,
    source_organisation_code,
    period,
    {{ month_from_text('period') }} as month,
    cast(sum(record_count) as bigint) as record_count
from per_file
group by feed, column_name, source_organisation_code, period
