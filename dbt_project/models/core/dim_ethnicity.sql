select
    basis,
    ethnicity_code,
    ethnicity_name,
    recording_status,
    nhs_broad_code,
    nhs_broad_name,
    ons_broad_code,
    ons_broad_name,
    white_bme_code,
    is_white_british,
    yields_to_specific,
    sort_order
from {{ ref('ref_ethnicity') }}
