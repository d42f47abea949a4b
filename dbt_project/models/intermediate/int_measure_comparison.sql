{%- set cell = [
    'measure_id', 'basis', 'period_type', 'period_start', 'organisation_code', 'unit_level', 'unit_code', 'breakdown',
    'breakdown_value',
] -%}
{%- set counts = ['numerator', 'denominator', 'numerator_people', 'denominator_people'] -%}
with catalogue as (
    select measure_id, measure_type, groupings, bases, reference, guarded_codes
    from {{ ref('measure_catalogue') }}
),

ethnic_group as (
    select basis, grouping, ethnicity_code, group_code, is_unknown, is_white_reference
    from {{ ref('int_measure_group') }}
),

crude_count as (
    select
        {{ cell | join(', ') }},
        ethnicity_code,
        {{ counts | join(', ') }},
        is_modelled
    from {{ ref('int_measure_count') }}
    where ethnicity_rule = 'preferred' and stratification = 'none'
),

reference_count as (
    select measure_id, basis, period_type, period_start, organisation_code, ethnicity_code, reference_count, is_modelled
    from {{ ref('int_measure_reference') }}
    where ethnicity_rule = 'preferred'
),

-- Groups a measure declares, with the group each is compared with: present in every cell, also when empty.
declared_group as (
    select
        catalogue.measure_id,
        catalogue.measure_type,
        catalogue.reference,
        ethnic_group.basis,
        ethnic_group.grouping,
        ethnic_group.group_code,
        max(ethnic_group.is_unknown) as is_unknown,
        max({{ in_list('ethnic_group.group_code', "coalesce(catalogue.guarded_codes, '')") }}) as is_guarded,
        case
            when catalogue.reference = 'white' then max(white_group.group_code)
            else catalogue.reference
        end as reference_group_code
    from catalogue
    inner join ethnic_group
        on
            {{ in_list('ethnic_group.grouping', 'catalogue.groupings') }}
            and {{ in_list('ethnic_group.basis', 'catalogue.bases') }}
    inner join ethnic_group as white_group
        on
            white_group.basis = ethnic_group.basis
            and white_group.grouping = ethnic_group.grouping
            and white_group.is_white_reference
    group by
        catalogue.measure_id, catalogue.measure_type, catalogue.reference, ethnic_group.basis, ethnic_group.grouping,
        ethnic_group.group_code
),

cell_total as (
    select
        {{ aliased(cell, 'crude_count') }},
        {{ stable_sum('crude_count.denominator') }} as denominator,
        cast(sum(crude_count.denominator_people) as bigint) as denominator_people,
        {{ stable_sum('case when code_status.is_unknown then crude_count.numerator else 0e0 end') }}
            as unknown_numerator,
        {{ stable_sum('case when code_status.is_unknown then crude_count.denominator else 0e0 end') }}
            as unknown_denominator,
        {{ stable_sum('crude_count.numerator') }} as all_numerator
    from crude_count
    inner join ethnic_group as code_status
        on
            code_status.basis = crude_count.basis
            and code_status.grouping = 'white_bme'
            and code_status.ethnicity_code = crude_count.ethnicity_code
    group by {{ aliased(cell, 'crude_count') }}
),

group_count as (
    select
        {{ aliased(cell, 'crude_count') }},
        ethnic_group.grouping,
        ethnic_group.group_code,
        {%- for count in counts %}
        {{ stable_sum('crude_count.' ~ count) }} as {{ count }},
        {%- endfor %}
        max(crude_count.is_modelled) as is_modelled
    from crude_count
    inner join ethnic_group
        on
            ethnic_group.basis = crude_count.basis
            and ethnic_group.ethnicity_code = crude_count.ethnicity_code
    group by {{ aliased(cell, 'crude_count') }}, ethnic_group.grouping, ethnic_group.group_code
),

resident_group as (
    select
        reference_count.measure_id,
        reference_count.basis,
        reference_count.period_type,
        reference_count.period_start,
        reference_count.organisation_code,
        ethnic_group.grouping,
        ethnic_group.group_code,
        {{ stable_sum('reference_count.reference_count') }} as numerator,
        max(reference_count.is_modelled) as is_modelled
    from reference_count
    inner join ethnic_group
        on
            ethnic_group.basis = reference_count.basis
            and ethnic_group.ethnicity_code = reference_count.ethnicity_code
    group by
        reference_count.measure_id, reference_count.basis, reference_count.period_type, reference_count.period_start,
        reference_count.organisation_code, ethnic_group.grouping, ethnic_group.group_code
),

resident_total as (
    select
        measure_id,
        basis,
        period_type,
        period_start,
        organisation_code,
        {{ stable_sum('reference_count') }} as denominator
    from reference_count
    group by measure_id, basis, period_type, period_start, organisation_code
),

-- Below the division only White and minority ethnic and the broad groups are built.
declared_cell as (
    select
        {{ aliased(cell, 'cell_total') }},
        cell_total.denominator as cell_denominator,
        cell_total.denominator_people as cell_denominator_people,
        cell_total.unknown_numerator,
        cell_total.unknown_denominator,
        cell_total.all_numerator,
        declared_group.measure_type,
        declared_group.grouping,
        declared_group.group_code,
        declared_group.reference_group_code,
        declared_group.is_unknown,
        declared_group.is_guarded
    from cell_total
    inner join declared_group
        on
            declared_group.measure_id = cell_total.measure_id
            and declared_group.basis = cell_total.basis
    where
        cell_total.unit_level in ('organisation', 'division')
        or declared_group.grouping in ('white_bme', 'broad_nhs', 'broad_ons')
),

compared as (
    select
        {{ aliased(cell, 'declared_cell') }},
        declared_cell.measure_type,
        declared_cell.grouping,
        declared_cell.group_code,
        declared_cell.reference_group_code,
        declared_cell.is_unknown,
        declared_cell.is_guarded,
        coalesce(own.numerator, 0e0) as numerator,
        case
            when declared_cell.measure_type = 'share' then declared_cell.cell_denominator
            else coalesce(own.denominator, 0e0)
        end as denominator,
        cast(coalesce(own.numerator_people, 0) as bigint) as numerator_people,
        cast(case
            when declared_cell.measure_type = 'share' then declared_cell.cell_denominator_people
            else coalesce(own.denominator_people, 0)
        end as bigint) as denominator_people,
        case
            when declared_cell.measure_type = 'share' then resident_group.numerator else white.numerator
        end as reference_numerator,
        case
            when declared_cell.measure_type = 'share' then resident_total.denominator else white.denominator
        end as reference_denominator,
        declared_cell.unknown_numerator,
        declared_cell.unknown_denominator,
        case
            when declared_cell.measure_type = 'rate' then {{ safe_divide(
                'declared_cell.unknown_numerator', 'declared_cell.all_numerator'
            ) }}
            else {{ safe_divide('declared_cell.unknown_denominator', 'declared_cell.cell_denominator') }}
        end as unknown_share,
        coalesce(own.is_modelled, false) or coalesce(resident_group.is_modelled, false)
        or (declared_cell.measure_type <> 'share' and coalesce(white.is_modelled, false)) as is_modelled
    from declared_cell
    left join group_count as own
        on
            {{ same_columns(cell + ['grouping', 'group_code'], 'own', 'declared_cell') }}
    left join group_count as white
        on
            {{ same_columns(cell + ['grouping'], 'white', 'declared_cell') }}
            and white.group_code = declared_cell.reference_group_code
    left join resident_group
        on
            resident_group.measure_id = declared_cell.measure_id
            and resident_group.basis = declared_cell.basis
            and resident_group.period_type = declared_cell.period_type
            and resident_group.period_start = declared_cell.period_start
            and resident_group.organisation_code = declared_cell.organisation_code
            and resident_group.grouping = declared_cell.grouping
            and resident_group.group_code = declared_cell.group_code
    left join resident_total
        on
            resident_total.measure_id = declared_cell.measure_id
            and resident_total.basis = declared_cell.basis
            and resident_total.period_type = declared_cell.period_type
            and resident_total.period_start = declared_cell.period_start
            and resident_total.organisation_code = declared_cell.organisation_code
)

select
    {{ cell | join(', ') }},
    measure_type,
    grouping,
    group_code,
    reference_group_code,
    is_unknown,
    is_guarded,
    numerator,
    denominator,
    numerator_people,
    denominator_people,
    reference_numerator,
    reference_denominator,
    unknown_numerator,
    unknown_denominator,
    unknown_share,
    is_modelled
from compared
