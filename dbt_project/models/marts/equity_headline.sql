{%- set key = result_columns() + ['grouping', 'group_code', 'reference_group_code', 'adjustment'] -%}
with catalogue as (
    select
        measure_id,
        headline_period_type,
        headline_grouping,
        split_part(bases, '|', 1) as first_basis,
        concat_ws('|', 'crude', adjustments) as headline_adjustments
    from {{ ref('measure_catalogue') }}
),

unknown_status as (
    select value as recording_status
    from {{ ref('ref_enum') }}
    where column_name = 'recording_status'
),

measure as (
    select {{ key | join(', ') }}
    from {{ ref('equity_measure') }}
),

latest as (
    select measure_id, organisation_code, period_type, max(period_start) as period_start
    from measure
    group by measure_id, organisation_code, period_type
)

select
    {{ aliased(key, 'measure') }},
    measure.unit_level = 'organisation'
    and measure.adjustment = 'crude'
    and measure.basis = catalogue.first_basis as is_board_figure
from measure
inner join catalogue
    on catalogue.measure_id = measure.measure_id and catalogue.headline_period_type = measure.period_type
inner join latest
    on {{ same_columns(['measure_id', 'organisation_code', 'period_type', 'period_start'], 'latest', 'measure') }}
left join unknown_status on unknown_status.recording_status = measure.group_code
where
    measure.unit_level in ('organisation', 'division')
    and measure.breakdown = 'all'
    and measure.denominator_rule = 'own'
    and {{ in_list('measure.adjustment', 'catalogue.headline_adjustments') }}
    and measure.grouping in ('white_bme', catalogue.headline_grouping)
    and measure.group_code <> measure.reference_group_code
    and unknown_status.recording_status is null
