select
    hospital_spell_key,
    person_key,
    organisation_code,
    source_organisation_code,
    start_date,
    discharge_date,
    source_of_admission_code,
    method_of_admission_code,
    version_count
from {{ ref('int_hospital_spell') }}
