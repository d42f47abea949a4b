{%- set statuses = ['valid', 'not_stated', 'not_known', 'invalid', 'missing'] -%}
{%- set slice = [
    'source', 'field', 'organisation_code', 'unit_level', 'unit_code', 'month', 'breakdown', 'breakdown_value'
] -%}
with counted as (
    select
        {{ slice | join(', ') }},
        cast(sum(record_count) as bigint) as record_count,
        {%- for status in statuses %}
        cast(sum(case recording_status when '{{ status }}' then record_count else 0 end) as bigint)
            as {{ status }}_count,
        {%- endfor %}
        sum(case when national_status is not null then record_count end) as national_count,
        sum(case when national_status <> 'missing' then record_count else 0 end) as national_recorded_count,
        sum(case when national_status in ('valid', 'other', 'default') then record_count else 0 end)
            as national_allowed_count,
        sum(case when national_status in ('other', 'default') then record_count else 0 end) as national_default_count,
        sum(case when national_status = 'valid' then record_count else 0 end) as national_useful_count
    from {{ ref('int_ethnicity_count') }}
    group by {{ slice | join(', ') }}
),

-- Only a national data set has a score: what else is recorded has no row here.
dqmi_threshold as (
    select
        source,
        field,
        threshold,
        effective_from,
        lead(effective_from) over (partition by source, field order by effective_from asc nulls last) as replaced_on
    from {{ ref('ref_dqmi_threshold') }}
)

select
    {{ aliased(slice, 'counted') }},
    counted.record_count,
    {%- for status in statuses %}
    counted.{{ status }}_count,
    {%- endfor %}
    {{ safe_divide('counted.valid_count', 'counted.record_count') }} as known_and_stated_share,
    {{ stat_wilson_lower('counted.valid_count', 'counted.record_count') }} as known_and_stated_lower,
    {{ stat_wilson_upper('counted.valid_count', 'counted.record_count') }} as known_and_stated_upper,
    {{ safe_divide('counted.valid_count + counted.not_stated_count', 'counted.record_count') }}
        as stated_or_declined_share,
    {{ safe_divide('counted.national_recorded_count', 'counted.national_count') }} as national_coverage_share,
    {{ safe_divide('counted.national_allowed_count', 'counted.national_count') }} as national_validity_share,
    {{ safe_divide('counted.national_useful_count', 'counted.national_count') }} as national_accuracy_share,
    {{ stat_dqmi_item(
        'counted.national_allowed_count', 'counted.national_default_count', 'counted.national_count',
        'dqmi_threshold.threshold'
    ) }} as dqmi_item_score
from counted
left join dqmi_threshold
    on
        dqmi_threshold.source = counted.source
        and dqmi_threshold.field = counted.field
        and dqmi_threshold.effective_from <= counted.month
        and (dqmi_threshold.replaced_on is null or dqmi_threshold.replaced_on > counted.month)
