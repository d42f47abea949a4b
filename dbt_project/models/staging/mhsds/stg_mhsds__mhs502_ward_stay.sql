select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    ward_stay_key,
    hospital_spell_key,
    ward_code,
    start_date,
    start_time,
    end_date,
    end_time,
    patient_class_code
from {{ source('lake', 'mhs502_ward_stay') }}
