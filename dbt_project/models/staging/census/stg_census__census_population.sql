select
    organisation_code as source_organisation_code,
    period,
    receipt_id,
    row_number as file_row_number,
    area_code,
    area_name,
    census_code,
    sex_code,
    age_band,
    population,
    layout
from {{ source('lake', 'census_population') }}
