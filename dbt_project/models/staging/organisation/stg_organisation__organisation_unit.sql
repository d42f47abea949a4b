select
    organisation_code as source_organisation_code,
    period,
    receipt_id,
    row_number as file_row_number,
    unit_code,
    unit_name,
    unit_level,
    parent_unit_code,
    service_line,
    is_ward,
    valid_from,
    valid_to
from {{ source('lake', 'organisation_unit') }}
