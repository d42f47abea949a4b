with ethnic_group as (
    select basis, grouping, ethnicity_code, group_code
    from {{ ref('int_measure_group') }}
),

declared_group as (
    select group_number, measure_id, basis, grouping, group_code, is_broad
    from {{ ref('int_measure_declared_group') }}
    where is_first_of_number
)

select
    declared_group.group_number,
    declared_group.measure_id,
    declared_group.basis,
    declared_group.is_broad,
    ethnic_group.ethnicity_code
from declared_group
inner join ethnic_group
    on
        ethnic_group.basis = declared_group.basis
        and ethnic_group.grouping = declared_group.grouping
        and ethnic_group.group_code = declared_group.group_code
