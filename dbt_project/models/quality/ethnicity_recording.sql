{%- set statuses = ['valid', 'not_stated', 'not_known', 'invalid', 'missing'] -%}
with patient_unit as (
    select local_patient_key, month, unit_code
    from {{ ref('int_patient_unit') }}
),

record as (
    select
        record.source,
        record.field,
        record.organisation_code,
        record.month,
        coalesce(record.unit_code, patient_unit.unit_code) as unit_code,
        count(*) as record_count,
        {%- for status in statuses %}
        sum(case record.recording_status when '{{ status }}' then 1 else 0 end) as {{ status }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_ethnicity_record') }} as record
    left join patient_unit
        on patient_unit.local_patient_key = record.local_patient_key and patient_unit.month = record.month
    where record.source <> 'patient_ethnicity'
    group by
        record.source, record.field, record.organisation_code, record.month,
        coalesce(record.unit_code, patient_unit.unit_code)
),

unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

known_unit as (
    select distinct organisation_code, unit_code, month
    from unit
),

-- A record whose unit did not exist that month is kept, under the unknown unit.
placed as (
    select
        record.source,
        record.field,
        record.organisation_code,
        record.month,
        case when known_unit.unit_code is null then 'UNKNOWN' else record.unit_code end as unit_code,
        record.record_count,
        {%- for status in statuses %}
        record.{{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from record
    left join known_unit
        on
            known_unit.organisation_code = record.organisation_code
            and known_unit.unit_code = record.unit_code
            and known_unit.month = record.month
),

counted_record as (
    select
        placed.source,
        placed.field,
        placed.organisation_code,
        unit.unit_level,
        unit.ancestor_code as unit_code,
        placed.month,
        cast(sum(placed.record_count) as bigint) as record_count,
        {%- for status in statuses %}
        cast(sum(placed.{{ status }}_count) as bigint) as {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from placed
    inner join unit
        on
            unit.organisation_code = placed.organisation_code
            and unit.unit_code = placed.unit_code
            and unit.month = placed.month
    group by
        placed.source, placed.field, placed.organisation_code, unit.unit_level, unit.ancestor_code, placed.month
),

-- Of the patient record the people in contact are counted: someone whom two teams see, once at each unit above them.
person as (
    select distinct
        contact.organisation_code,
        unit.unit_level,
        unit.ancestor_code as unit_code,
        contact.month,
        contact.local_patient_key,
        contact.recording_status
    from {{ ref('int_contact_ethnicity') }} as contact
    left join known_unit
        on
            known_unit.organisation_code = contact.organisation_code
            and known_unit.unit_code = contact.unit_code
            and known_unit.month = contact.month
    inner join unit
        on
            unit.organisation_code = contact.organisation_code
            and unit.unit_code = coalesce(known_unit.unit_code, 'UNKNOWN')
            and unit.month = contact.month
),

counted_person as (
    select
        'patient_ethnicity' as source,
        'ethnic_category' as field,
        organisation_code,
        unit_level,
        unit_code,
        month,
        count(*) as record_count,
        {%- for status in statuses %}
        cast(sum(case recording_status when '{{ status }}' then 1 else 0 end) as bigint) as {{ status }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from person
    group by organisation_code, unit_level, unit_code, month
),

counted as (
    {%- for relation in ['counted_record', 'counted_person'] %}
    select
        source,
        field,
        organisation_code,
        unit_level,
        unit_code,
        month,
        record_count,
        {%- for status in statuses %}
        {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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
    counted.source,
    counted.field,
    counted.organisation_code,
    counted.unit_level,
    counted.unit_code,
    counted.month,
    counted.record_count,
    {%- for status in statuses %}
    counted.{{ status }}_count,
    {%- endfor %}
    {{ safe_divide('counted.valid_count', 'counted.record_count') }} as known_and_stated_share,
    {{ stat_dqmi_item(
        'counted.valid_count + counted.not_stated_count + counted.not_known_count',
        'counted.not_stated_count + counted.not_known_count', 'counted.record_count', 'dqmi_threshold.threshold'
    ) }} as dqmi_item_score
from counted
left join dqmi_threshold
    on
        dqmi_threshold.source = counted.source
        and dqmi_threshold.field = counted.field
        and dqmi_threshold.effective_from <= counted.month
        and (dqmi_threshold.replaced_on is null or dqmi_threshold.replaced_on > counted.month)
