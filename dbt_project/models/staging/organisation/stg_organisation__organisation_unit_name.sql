select
    organisation_code as source_organisation_code,
    period,
    receipt_id,
    row_number as file_row_number,
    unit_code,
    system,
    system_name,
    valid_from,
    valid_to
from {{ source('lake', 'organisation_unit_name') }}
