with person as (
    select person_key, ethnicity_code_2001, ethnicity_code_2021
    from {{ ref('dim_person') }}
),

staff as (
    select staff_key, ethnicity_code_2001, ethnicity_code_2021
    from {{ ref('dim_staff') }}
),

preferred as (
    select person_key as subject_key, '2001' as basis, ethnicity_code_2001 as ethnicity_code from person
    union all
    select person_key as subject_key, '2021' as basis, ethnicity_code_2021 as ethnicity_code from person
    union all
    select staff_key as subject_key, '2001' as basis, ethnicity_code_2001 as ethnicity_code from staff
    union all
    select staff_key as subject_key, '2021' as basis, ethnicity_code_2021 as ethnicity_code from staff
)

select
    subject_key,
    'preferred' as ethnicity_rule,
    basis,
    ethnicity_code
from preferred
