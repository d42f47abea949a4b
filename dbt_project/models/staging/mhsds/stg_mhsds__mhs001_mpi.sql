select
    organisation_code as source_organisation_code,
    {{ month_from_text('period') }} as month,
    receipt_id,
    row_number as file_row_number,
    local_patient_key,
    person_key,
    birth_month,
    residence_area_code,
    residence_lsoa_code,
    gender_identity_code,
    sex_code,
    ethnic_category
from {{ source('lake', 'mhs001_mpi') }}
