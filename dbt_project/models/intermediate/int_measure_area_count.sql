{%- set key = [
    'measure_id', 'variant', 'basis', 'period_type', 'period_start', 'organisation_code', 'ethnicity_code',
] -%}
with atom as (
    select
        measure_id,
        role as variant,
        basis,
        organisation_code,
        subject_key,
        month,
        ethnicity_code,
        numerator,
        denominator
    from {{ ref('int_measure_atom') }}
    where
        role = 'wider_area'
        and breakdown = 'all'
        and stratification = 'none'
        and (denominator_rule is null or denominator_rule = 'own')
),

headline as (
    select measure_id, basis, headline_period_type
    from {{ ref('int_measure_variant') }}
    where ethnicity_rule = 'preferred' and denominator_rule = 'own'
),

person_ethnicity as (
    select subject_key, basis, ethnicity_code
    from {{ ref('int_person_ethnicity') }}
    where ethnicity_rule = 'preferred'
),

measure_period as (
    select measure_id, additivity, period_type, period_start, month
    from {{ ref('int_measure_period') }}
),

placed as (
    select
        atom.measure_id,
        atom.variant,
        headline.basis,
        measure_period.additivity,
        measure_period.period_type,
        measure_period.period_start,
        atom.organisation_code,
        case
            when atom.subject_key is null then atom.ethnicity_code
            else coalesce(person_ethnicity.ethnicity_code, 'missing')
        end as ethnicity_code,
        atom.subject_key,
        atom.numerator,
        atom.denominator
    from atom
    inner join headline
        on headline.measure_id = atom.measure_id and (atom.basis is null or atom.basis = headline.basis)
    inner join measure_period
        on
            measure_period.measure_id = atom.measure_id
            and measure_period.month = atom.month
            and measure_period.period_type = headline.headline_period_type
    left join person_ethnicity
        on person_ethnicity.subject_key = atom.subject_key and person_ethnicity.basis = headline.basis
),

-- As everywhere, people count once in a period and events add up.
person as (
    select
        {{ key | join(', ') }},
        subject_key,
        case
            when additivity = 'distinct' then max(numerator)
            else {{ stable_sum('numerator') }}
        end as numerator,
        case
            when additivity = 'distinct' and subject_key is not null then max(denominator)
            else {{ stable_sum('denominator') }}
        end as denominator
    from placed
    group by {{ key | join(', ') }}, additivity, subject_key
)

select
    {{ key | join(', ') }},
    {{ stable_sum('numerator') }} as numerator,
    {{ stable_sum('denominator') }} as denominator
from person
group by {{ key | join(', ') }}
