{%- set identity = ['measure_id', 'measure_type', 'basis', 'grouping', 'group_code', 'reference_group_code'] -%}
{%- set flags = ['is_broad', 'is_reference', 'is_unknown', 'is_guarded', 'is_compared'] -%}
with catalogue as (
    select measure_id, measure_type, groupings, bases, reference, guarded_codes
    from {{ ref('measure_catalogue') }}
),

member as (
    select
        basis,
        grouping,
        group_code,
        is_unknown,
        is_white_reference,
        dense_rank() over (order by ethnicity_code asc nulls last) as code_number
    from {{ ref('int_measure_group') }}
),

-- A power of two per code, added up, says which codes a group is made of: exact for up to 53 codes.
ethnic_group as (
    select
        basis,
        grouping,
        group_code,
        max(is_unknown) as is_unknown,
        max(is_white_reference) as is_white_reference,
        cast(sum(pow(2e0, code_number - 1)) as bigint) as code_set
    from member
    group by basis, grouping, group_code
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
        ethnic_group.is_unknown,
        ethnic_group.code_set,
        {{ is_broad('ethnic_group.grouping') }} as is_broad,
        case when catalogue.reference = 'white' then white_group.group_code else catalogue.reference end
            as reference_group_code,
        {{ in_list('ethnic_group.group_code', "coalesce(catalogue.guarded_codes, '')") }} as is_guarded
    from catalogue
    inner join ethnic_group
        on
            {{ in_list('ethnic_group.grouping', 'catalogue.groupings') }}
            and {{ in_list('ethnic_group.basis', 'catalogue.bases') }}
    inner join white_group
        on white_group.basis = ethnic_group.basis and white_group.grouping = ethnic_group.grouping
),

numbered as (
    select
        row_number() over (order by measure_id, basis, grouping, group_code) as row_number_of_group,
        {{ identity | join(', ') }},
        code_set,
        is_broad,
        group_code = reference_group_code as is_reference,
        is_unknown,
        is_guarded,
        not is_unknown and not is_guarded and group_code <> reference_group_code as is_compared
    from declared
),

referred as (
    select
        numbered.row_number_of_group,
        {{ aliased(identity + flags, 'numbered') }},
        numbered.is_compared and {{ has_elsewhere('numbered.grouping') }} as is_elsewhere_open,
        numbered.code_set,
        reference_group.row_number_of_group as reference_number,
        coalesce(reference_group.code_set, 0) as reference_set
    from numbered
    left join numbered as reference_group
        on
            reference_group.measure_id = numbered.measure_id
            and reference_group.basis = numbered.basis
            and reference_group.grouping = numbered.grouping
            and reference_group.group_code = numbered.reference_group_code
),

-- The same people compared with the same people are counted once, whatever groupings call them; broad and single groups
-- apart, since single ones are not built everywhere.
group_numbered as (
    select
        row_number_of_group,
        {{ (identity + flags) | join(', ') }},
        is_elsewhere_open,
        reference_number,
        min(row_number_of_group) over (
            partition by measure_id, basis, is_broad, is_guarded, is_elsewhere_open, code_set, reference_set
        ) as group_number
    from referred
)

select
    group_numbered.group_number,
    group_numbered.row_number_of_group = group_numbered.group_number as is_first_of_number,
    {{ aliased(identity + flags, 'group_numbered') }},
    group_numbered.is_elsewhere_open,
    reference_group.group_number as reference_group_number
from group_numbered
left join group_numbered as reference_group on reference_group.row_number_of_group = group_numbered.reference_number
