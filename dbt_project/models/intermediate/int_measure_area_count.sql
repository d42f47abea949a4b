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
        and ethnicity_rule = 'preferred'
        and denominator_rule = 'own'
        and breakdown = 'all'
        and stratification = 'none'
),

headline_period as (
    select measure_id, additivity, period_type, period_start, month
    from {{ ref('int_measure_period') }}
    where is_headline
),

-- As everywhere, people count once in a period and events add up.
person as (
    select
        atom.measure_id,
        atom.variant,
        atom.basis,
        headline_period.period_type,
        headline_period.period_start,
        atom.organisation_code,
        atom.ethnicity_code,
        atom.subject_key,
        case
            when headline_period.additivity = 'distinct' then max(atom.numerator)
            else {{ stable_sum('atom.numerator') }}
        end as numerator,
        case
            when headline_period.additivity = 'distinct' and atom.subject_key is not null then max(atom.denominator)
            else {{ stable_sum('atom.denominator') }}
        end as denominator
    from atom
    inner join headline_period
        on headline_period.measure_id = atom.measure_id and headline_period.month = atom.month
    group by
        atom.measure_id, atom.variant, atom.basis, headline_period.period_type, headline_period.period_start,
        headline_period.additivity, atom.organisation_code, atom.ethnicity_code, atom.subject_key
)

select
    {{ key | join(', ') }},
    {{ stable_sum('numerator') }} as numerator,
    {{ stable_sum('denominator') }} as denominator
from person
group by {{ key | join(', ') }}
