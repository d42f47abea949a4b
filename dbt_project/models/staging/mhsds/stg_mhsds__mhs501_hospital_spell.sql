select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    hospital_spell_key,
    service_request_key,
    start_date,
    start_time,
    source_of_admission_code,
    method_of_admission_code,
    discharge_date,
    discharge_time,
    destination_code
from {{ source('lake', 'mhs501_hospital_spell') }}
