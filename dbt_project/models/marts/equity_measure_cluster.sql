{%- set cell = result_columns() -%}
with cell as (
    select cell_number, {{ cell | join(', ') }}
    from {{ ref('int_measure_cell') }}
),

declared_group as (
    select group_number, grouping, group_code, reference_group_code
    from {{ ref('int_measure_declared_group') }}
),

stratification as (
    select distinct stratification_number, stratification
    from {{ ref('int_measure_stratum') }}
),

score as (
    select cell_number, stratification_number, group_number, score_sq, people, reference_score_sq, reference_people
    from {{ ref('int_measure_stratum_score') }}
)

select
    {{ aliased(cell, 'cell') }},
    stratification.stratification,
    declared_group.grouping,
    declared_group.group_code,
    declared_group.reference_group_code,
    score.score_sq,
    score.people as numerator_people,
    score.reference_score_sq,
    score.reference_people as reference_numerator_people
from score
inner join cell on cell.cell_number = score.cell_number
inner join declared_group on declared_group.group_number = score.group_number
inner join stratification on stratification.stratification_number = score.stratification_number
