with catalogue as (
    select measure_id, measure_type, groupings, bases, reference, guarded_codes
    from {{ ref('measure_catalogue') }}
),

ethnic_group as (
    select distinct basis, grouping, group_code, is_unknown, is_white_reference
    from {{ ref('int_measure_group') }}
),

white_group as (
    select basis, grouping, max(group_code) as group_code
    from ethnic_group
    where is_white_reference
    group by basis, grouping
),

declared as (
    select
        catalogue.measure_id,
        catalogue.measure_type,
        ethnic_group.basis,
        ethnic_group.grouping,
        ethnic_group.group_code,
        max(case when catalogue.reference = 'white' then white_group.group_code else catalogue.reference end)
            as reference_group_code,
        max(ethnic_group.is_unknown) as is_unknown,
        max({{ in_list('ethnic_group.group_code', "coalesce(catalogue.guarded_codes, '')") }}) as is_guarded
    from catalogue
    inner join ethnic_group
        on
            {{ in_list('ethnic_group.grouping', 'catalogue.groupings') }}
            and {{ in_list('ethnic_group.basis', 'catalogue.bases') }}
    inner join white_group
        on white_group.basis = ethnic_group.basis and white_group.grouping = ethnic_group.grouping
    group by
        catalogue.measure_id, catalogue.measure_type, ethnic_group.basis, ethnic_group.grouping, ethnic_group.group_code
),

numbered as (
    select
        row_number() over (order by measure_id, basis, grouping, group_code) as declared_group_number,
        measure_id,
        measure_type,
        basis,
        grouping,
        group_code,
        reference_group_code,
        is_unknown,
        is_guarded
    from declared
)

select
    numbered.declared_group_number,
    numbered.measure_id,
    numbered.measure_type,
    numbered.basis,
    numbered.grouping,
    numbered.group_code,
    numbered.reference_group_code,
    reference_group.declared_group_number as reference_group_number,
    numbered.is_unknown,
    numbered.is_guarded
from numbered
left join numbered as reference_group
    on
        reference_group.measure_id = numbered.measure_id
        and reference_group.basis = numbered.basis
        and reference_group.grouping = numbered.grouping
        and reference_group.group_code = numbered.reference_group_code
