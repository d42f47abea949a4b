{%- set pair = ['organisation_code', 'subject', 'system', 'compared_system'] -%}
with matrix as (
    select {{ pair | join(', ') }}, ethnicity_code, compared_code, person_count
    from {{ ref('ethnicity_agreement_matrix') }}
),

code as (
    select ethnicity_code, is_white_british, yields_to_specific
    from {{ ref('ref_ethnicity') }}
    where basis = '2001'
),

-- Per category: people whom both systems put there, whom this one does, whom the other does.
part as (
    select {{ pair | join(', ') }}, ethnicity_code, 0 as agree_count, person_count as here_count, 0 as there_count
    from matrix
    union all
    select
        {{ pair | join(', ') }}, compared_code as ethnicity_code, 0 as agree_count, 0 as here_count,
        person_count as there_count
    from matrix
    union all
    select {{ pair | join(', ') }}, ethnicity_code, person_count as agree_count, 0 as here_count, 0 as there_count
    from matrix
    where ethnicity_code = compared_code
),

category as (
    select
        {{ pair | join(', ') }},
        ethnicity_code,
        cast(sum(agree_count) as bigint) as agree_count,
        cast(sum(here_count) as bigint) as here_count,
        cast(sum(there_count) as bigint) as there_count
    from part
    group by {{ pair | join(', ') }}, ethnicity_code
),

agreed as (
    select
        {{ pair | join(', ') }},
        cast(sum(here_count) as bigint) as person_count,
        cast(sum(agree_count) as bigint) as agree_count,
        {{ stat_kappa('agree_count', 'here_count', 'there_count') }} as kappa
    from category
    group by {{ pair | join(', ') }}
),

held as (
    select
        held.organisation_code,
        held.subject,
        held.subject_key,
        held.system,
        code.is_white_british,
        not code.is_white_british and not code.yields_to_specific as is_specific_other
    from {{ ref('int_system_ethnicity') }} as held
    inner join code on code.ethnicity_code = held.code_2001
),

-- The national return is made from the other systems, and repeats what they say: it is no witness.
witness as (
    select organisation_code, subject, subject_key, system
    from held
    where is_white_british and system <> 'mhsds'
),

-- Of people whom the other system holds as a specific group other than White British, and no third system as White
-- British: those who are White British here. Where a third one says so too, it is the other that stands alone.
elsewhere as (
    select
        here.organisation_code,
        here.subject,
        here.system,
        compared.system as compared_system,
        cast(count(*) as bigint) as not_white_british_elsewhere_count,
        cast(sum(case when here.is_white_british then 1 else 0 end) as bigint) as white_british_here_count
    from held as here
    inner join held as compared
        on
            compared.organisation_code = here.organisation_code
            and compared.subject = here.subject
            and compared.subject_key = here.subject_key
            and compared.system <> here.system
    left join witness
        on
            witness.organisation_code = here.organisation_code
            and witness.subject = here.subject
            and witness.subject_key = here.subject_key
            and witness.system <> here.system
            and witness.system <> compared.system
    where compared.is_specific_other and witness.system is null
    group by here.organisation_code, here.subject, here.system, compared.system
),

counted as (
    select
        {{ aliased(pair, 'agreed') }},
        agreed.person_count,
        agreed.agree_count,
        agreed.kappa,
        coalesce(elsewhere.not_white_british_elsewhere_count, 0) as not_white_british_elsewhere_count,
        coalesce(elsewhere.white_british_here_count, 0) as white_british_here_count
    from agreed
    left join elsewhere on {{ same_columns(pair, 'elsewhere', 'agreed') }}
)

select
    {{ pair | join(', ') }},
    person_count,
    agree_count,
    {{ safe_divide('agree_count', 'person_count') }} as agreement_share,
    {{ stat_wilson_lower('agree_count', 'person_count') }} as agreement_lower,
    {{ stat_wilson_upper('agree_count', 'person_count') }} as agreement_upper,
    kappa,
    not_white_british_elsewhere_count,
    white_british_here_count,
    {{ safe_divide('white_british_here_count', 'not_white_british_elsewhere_count') }} as white_default_share,
    {{ stat_wilson_lower('white_british_here_count', 'not_white_british_elsewhere_count') }} as white_default_lower,
    {{ stat_wilson_upper('white_british_here_count', 'not_white_british_elsewhere_count') }} as white_default_upper
from counted
