with held as (
    select organisation_code, subject, subject_key, system, code_2001
    from {{ ref('int_system_ethnicity') }}
)

select
    held.organisation_code,
    held.subject,
    held.system,
    compared.system as compared_system,
    held.code_2001 as ethnicity_code,
    compared.code_2001 as compared_code,
    count(*) as person_count
from held
inner join held as compared
    on
        compared.organisation_code = held.organisation_code
        and compared.subject = held.subject
        and compared.subject_key = held.subject_key
        and compared.system <> held.system
group by
    held.organisation_code, held.subject, held.system, compared.system, held.code_2001, compared.code_2001
