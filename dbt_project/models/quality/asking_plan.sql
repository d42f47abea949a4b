{%- set statuses = ['valid', 'missing', 'not_known', 'not_stated'] -%}
{%- set unit = ['source', 'organisation_code', 'unit_code', 'month'] -%}
with person as (
    select source, field, organisation_code, unit_code, month, record_key, recording_status, is_to_ask
    from {{ ref('int_asking_person') }}
),

month_of_record as (
    select
        period_start as month,
        period_end as month_end,
        lag(period_start) over (order by period_start asc nulls last) as month_before,
        row_number() over (order by period_start desc nulls last) as recency
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

counted as (
    select
        source,
        field,
        organisation_code,
        unit_code,
        month,
        cast(count(*) as bigint) as person_count,
        {%- for status in statuses %}
        cast(sum(case recording_status when '{{ status }}' then 1 else 0 end) as bigint) as {{ status }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from person
    group by source, field, organisation_code, unit_code, month
),

-- Of a person several teams see, the source holds the same for all of them. The patient record holds an answer also of
-- people who are seen no more.
answer as (
    select
        'patient_ethnicity' as source,
        local_patient_key as record_key,
        month,
        recording_status
    from {{ ref('int_epr_status') }}
    union
    select source, record_key, month, recording_status
    from person
    where source <> 'patient_ethnicity'
),

asked as (
    select
        {{ aliased(unit[:-1], 'earlier') }},
        answer.month,
        cast(sum(case answer.recording_status when 'valid' then 1 else 0 end) as bigint) as answered_count,
        cast(sum(case answer.recording_status when 'not_stated' then 1 else 0 end) as bigint)
            as declined_after_asking_count
    from person as earlier
    inner join month_of_record on month_of_record.month_before = earlier.month
    inner join answer
        on
            answer.source = earlier.source
            and answer.record_key = earlier.record_key
            and answer.month = month_of_record.month
    where earlier.is_to_ask
    group by {{ aliased(unit[:-1], 'earlier') }}, answer.month
),

-- Without anybody in the month before, nobody was followed: that is not nobody asked.
followed as (
    select distinct
        person.source,
        person.organisation_code,
        month_of_record.month
    from person
    inner join month_of_record on month_of_record.month_before = person.month
),

target as (
    select feed, field, green, effective_from, replaced_on
    from {{ ref('target_in_force') }}
    where measure = 'known_and_stated_share' and unit_level = 'team'
),

firmest as (
    select {{ unit | join(', ') }}, measure_id, narrowing_share, unknown_event_count
    from {{ ref('asking_plan_gain') }}
    where gain_rank = 1
),

unit_version as (
    select
        unit.organisation_code,
        unit.unit_code,
        unit.unit_name,
        unit.division_code,
        month_of_record.month,
        row_number() over (
            partition by unit.organisation_code, unit.unit_code, month_of_record.month
            order by unit.valid_from desc nulls last
        ) as version_order
    from {{ ref('dim_organisation_unit') }} as unit
    inner join month_of_record
        on unit.valid_from <= month_of_record.month_end and unit.valid_to >= month_of_record.month
),

planned as (
    select
        {{ aliased(unit, 'counted') }},
        unit_version.unit_name,
        unit_version.division_code,
        counted.person_count,
        counted.valid_count,
        counted.missing_count + counted.not_known_count as to_ask_count,
        counted.not_stated_count,
        target.green as target,
        {{ people_to_reach('target.green', 'counted.person_count', 'counted.valid_count') }} as needed_count,
        case when followed.month is not null then coalesce(asked.answered_count, 0) end as answered_count,
        case when followed.month is not null then coalesce(asked.declined_after_asking_count, 0) end
            as declined_after_asking_count,
        firmest.measure_id as firmest_measure_id,
        firmest.narrowing_share,
        firmest.unknown_event_count,
        counted.unit_code = 'UNKNOWN' as is_unknown
    from counted
    inner join month_of_record
        on month_of_record.month = counted.month and month_of_record.recency <= {{ asking_months() }}
    inner join unit_version
        on {{ same_columns(unit[1:], 'unit_version', 'counted') }} and unit_version.version_order = 1
    left join target
        on
            target.feed = counted.source
            and target.field = counted.field
            and target.effective_from <= counted.month
            and (target.replaced_on is null or target.replaced_on > counted.month)
    left join asked on {{ same_columns(unit, 'asked', 'counted') }}
    left join followed on {{ same_columns(['source', 'organisation_code', 'month'], 'followed', 'counted') }}
    left join firmest on {{ same_columns(unit, 'firmest', 'counted') }}
)

select
    source,
    organisation_code,
    unit_code,
    month,
    unit_name,
    division_code,
    person_count,
    valid_count,
    to_ask_count,
    not_stated_count,
    target,
    needed_count,
    needed_count <= to_ask_count as is_target_reachable,
    answered_count + declined_after_asking_count as asked_count,
    answered_count,
    declined_after_asking_count,
    firmest_measure_id,
    narrowing_share,
    unknown_event_count,
    case
        when not is_unknown then cast(row_number() over (
            partition by source, organisation_code, month, is_unknown
            order by
                {{ narrowing_told('narrowing_share') }} desc nulls last,
                needed_count desc nulls last,
                unit_code asc nulls last
        ) as bigint)
    end as plan_rank
from planned
