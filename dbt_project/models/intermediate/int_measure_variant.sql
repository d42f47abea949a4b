with catalogue as (
    select measure_id, bases, denominator_rules, headline_period_type
    from {{ ref('measure_catalogue') }}
),

basis as (
    select value as basis
    from {{ ref('ref_enum') }}
    where column_name = 'basis'
),

ethnicity_rule as (
    select value as ethnicity_rule
    from {{ ref('ref_enum') }}
    where column_name = 'ethnicity_rule'
),

denominator_rule as (
    select value as denominator_rule
    from {{ ref('ref_enum') }}
    where column_name = 'denominator_rule'
)

select
    catalogue.measure_id,
    ethnicity_rule.ethnicity_rule,
    basis.basis,
    denominator_rule.denominator_rule,
    catalogue.headline_period_type
from catalogue
inner join basis on {{ in_list('basis.basis', 'catalogue.bases') }}
inner join denominator_rule on {{ in_list('denominator_rule.denominator_rule', 'catalogue.denominator_rules') }}
-- The other rules answer one question, how far the headline hangs on the rule.
inner join ethnicity_rule
    on ethnicity_rule.ethnicity_rule = 'preferred' or denominator_rule.denominator_rule = 'own'
