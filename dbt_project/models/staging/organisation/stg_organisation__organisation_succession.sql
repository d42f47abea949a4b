select
    organisation_code as source_organisation_code,
    period,
    receipt_id,
    row_number as file_row_number,
    predecessor_code,
    successor_code,
    succeeded_on
from {{ source('lake', 'organisation_succession') }}
