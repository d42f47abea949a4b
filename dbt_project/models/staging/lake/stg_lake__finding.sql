select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
    file_name,
    sheet,
    row_number as file_row_number,
    column_name,
    rule,
    effect,
    expected,
    found,
    action,
    finding_count,
    false as is_refused
from {{ source('lake', 'finding') }}

union all

select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
    file_name,
    sheet,
    row_number as file_row_number,
    column_name,
    rule,
    effect,
    expected,
    found,
    action,
    finding_count,
    true as is_refused
from {{ source('lake', 'refused_finding') }}
