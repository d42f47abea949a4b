{%- set place = ['source', 'field', 'organisation_code', 'month'] -%}
{%- set value = ['code_2001', 'recording_status', 'national_status', 'has_lost_detail'] -%}
{%- set flags = ['comparable', 'two_record', 'conflict', 'downgraded', 'withdrawn'] -%}
{%- set breakdowns = ['staff_group', 'age_band', 'sex', 'legal_status', 'subject'] -%}
{%- set of_people = ['age_band', 'sex', 'legal_status'] -%}
with patient_unit as (
    select local_patient_key, month, unit_code
    from {{ ref('int_patient_unit') }}
),

person as (
    select person_key, sex_code, birth_month
    from {{ ref('dim_person') }}
),

legal_status as (
    select local_patient_key, month, legal_status
    from {{ ref('int_patient_legal_status') }}
),

history as (
    select subject, subject_key, second_receipt_date, second_record_date, second_code_date
    from {{ ref('int_ethnicity_history') }}
),

lost_answer as (
    select person_key, month
    from {{ ref('int_lost_answer') }}
),

-- A staff group that is in no reference table is not known: what is typed in goes no further.
staff as (
    select
        staff_key,
        month,
        case when is_clinical is not null then staff_group else 'unknown' end as staff_group,
        age_band,
        sex_code
    from {{ ref('int_staff_assignment') }}
    where is_counted
),

unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

division_of_unit as (
    select organisation_code, unit_code, month, ancestor_code as division_code
    from unit
    where unit_level = 'division'
),

month_of_unit as (
    select distinct organisation_code, month
    from unit
),

-- Who a record is of, by the table to look them up in: NULL where that does not speak of the source, because a join
-- on more than keys takes every pair of rows. What an incident says of people is looked up nowhere, because many of
-- them have no key: the report itself has their sex and month of birth.
keyed as (
    select
        {{ place | join(', ') }},
        {{ value | join(', ') }},
        unit_code,
        local_patient_key,
        subject,
        subject_key,
        contact_sex_code,
        contact_birth_month,
        case source when 'staff_record' then subject_key end as staff_key,
        case source when 'mhsds' then subject_key end as person_key,
        case when subject = 'patient' and recording_status = 'not_stated' then subject_key end as refused_key
    from {{ ref('int_ethnicity_record') }}
    where source <> 'patient_ethnicity'
),

-- A record whose unit did not exist that month is kept, under the unknown unit. Age and sex are told of the patients of
-- incidents: hardly any such system has ethnicity of staff, and a mixture would say of women what is true of staff.
-- Whoever is no patient stands there under what they are, so that each breakdown holds everyone.
record as {{ materialized() }}(
    select
        {{ aliased(place + value, 'keyed') }},
        {{ unit_or_unknown('division_of_unit') }} as unit_code,
        coalesce(division_of_unit.division_code, 'UNKNOWN') as division_code,
        staff.staff_group,
        case keyed.source
            when 'staff_record' then staff.age_band
            when 'mhsds' then {{ age_band_at('person.birth_month', 'keyed.month') }}
            when 'incidents' then
                case keyed.subject
                    when 'patient' then {{ age_band_at('keyed.contact_birth_month', 'keyed.month') }}
                    else keyed.subject
                end
        end as age_band,
        case keyed.source
            when 'staff_record' then staff.sex_code
            when 'mhsds' then coalesce(person.sex_code, 'unknown')
            when 'incidents' then
                case keyed.subject
                    when 'patient' then coalesce(keyed.contact_sex_code, 'unknown')
                    else keyed.subject
                end
        end as sex,
        case keyed.source when 'mhsds' then coalesce(legal_status.legal_status, 'community') end as legal_status,
        case keyed.source when 'incidents' then keyed.subject end as subject,
        case when history.second_receipt_date <= {{ month_end('keyed.month') }} then 1 else 0 end as has_comparable,
        case when history.second_record_date <= {{ month_end('keyed.month') }} then 1 else 0 end as has_two_record,
        case when history.second_code_date <= {{ month_end('keyed.month') }} then 1 else 0 end as has_conflict,
        case when lost_answer.person_key is not null then 1 else 0 end as has_downgraded,
        0 as has_withdrawn
    from keyed
    left join patient_unit
        on patient_unit.local_patient_key = keyed.local_patient_key and patient_unit.month = keyed.month
    left join division_of_unit
        on
            division_of_unit.organisation_code = keyed.organisation_code
            and division_of_unit.unit_code = coalesce(keyed.unit_code, patient_unit.unit_code)
            and division_of_unit.month = keyed.month
    left join staff on staff.staff_key = keyed.staff_key and staff.month = keyed.month
    left join person on person.person_key = keyed.person_key
    left join legal_status
        on legal_status.local_patient_key = keyed.local_patient_key and legal_status.month = keyed.month
    left join history on history.subject = keyed.subject and history.subject_key = keyed.subject_key
    left join lost_answer on lost_answer.person_key = keyed.refused_key and lost_answer.month = keyed.month
),

record_of_unit as (
    select
        {{ (place + value) | join(', ') }},
        unit_code,
        subject,
        count(*) as record_count,
        {%- for flag in flags %}
        sum(has_{{ flag }}) as {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from record
    group by {{ (place + value) | join(', ') }}, unit_code, subject
),

counted_record as (
    {%- for breakdown in ['all', 'subject'] %}
    {%- set breakdown_value = "'all'" if breakdown == 'all' else 'record_of_unit.subject' %}
    select
        {{ aliased(place + value, 'record_of_unit') }},
        unit.unit_level,
        unit.ancestor_code as unit_code,
        '{{ breakdown }}' as breakdown,
        {{ breakdown_value }} as breakdown_value,
        cast(sum(record_of_unit.record_count) as bigint) as record_count,
        {%- for flag in flags %}
        cast(sum(record_of_unit.{{ flag }}_count) as bigint) as {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from record_of_unit
    inner join unit
        on
            unit.organisation_code = record_of_unit.organisation_code
            and unit.unit_code = record_of_unit.unit_code
            and unit.month = record_of_unit.month
    {%- if breakdown != 'all' %}
    where record_of_unit.subject is not null
    {%- endif %}
    group by
        {{ aliased(place + value, 'record_of_unit') }},
        unit.unit_level,
        unit.ancestor_code{{ ', record_of_unit.subject' if breakdown != 'all' }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

record_of_division as (
    {%- for breakdown in breakdowns if breakdown != 'subject' %}
    select
        {{ (place + value) | join(', ') }},
        division_code,
        '{{ breakdown }}' as breakdown,
        {{ breakdown }} as breakdown_value,
        count(*) as record_count,
        {%- for flag in flags %}
        sum(has_{{ flag }}) as {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from record
    where {{ breakdown }} is not null
    group by {{ (place + value) | join(', ') }}, division_code, {{ breakdown }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

broken_record as (
    {%- for unit_level in ['organisation', 'division'] %}
    select
        {{ aliased(place + value, 'record_of_division') }},
        '{{ unit_level }}' as unit_level,
        record_of_division.{{ unit_level }}_code as unit_code,
        record_of_division.breakdown,
        record_of_division.breakdown_value,
        cast(sum(record_of_division.record_count) as bigint) as record_count,
        {%- for flag in flags %}
        cast(sum(record_of_division.{{ flag }}_count) as bigint) as {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from record_of_division
    inner join month_of_unit
        on
            month_of_unit.organisation_code = record_of_division.organisation_code
            and month_of_unit.month = record_of_division.month
    group by
        {{ aliased(place + value, 'record_of_division') }}, record_of_division.breakdown,
        record_of_division.breakdown_value{{ ', record_of_division.division_code' if unit_level == 'division' }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Of the patient record the people in contact are counted: someone whom two teams see, once at each unit above them.
-- What is known of the person is looked up once a month.
patient_month as (
    select
        contact.organisation_code,
        contact.local_patient_key,
        contact.month,
        {{ age_band_at('person.birth_month', 'contact.month') }} as age_band,
        coalesce(person.sex_code, 'unknown') as sex,
        coalesce(legal_status.legal_status, 'community') as legal_status,
        case when history.second_receipt_date <= {{ month_end('contact.month') }} then 1 else 0 end as has_comparable,
        case when history.second_record_date <= {{ month_end('contact.month') }} then 1 else 0 end as has_two_record,
        case when history.second_code_date <= {{ month_end('contact.month') }} then 1 else 0 end as has_conflict,
        case when contact.recording_status = 'not_stated' and contact.last_usable_date is not null then 1 else 0 end
            as has_withdrawn
    from {{ ref('int_contact_unit') }} as contact
    left join person on person.person_key = contact.person_key
    left join legal_status
        on
            legal_status.local_patient_key = contact.local_patient_key
            and legal_status.month = contact.month
    left join history on history.subject_key = contact.person_key and history.subject = 'patient'
    where contact.unit_level = 'organisation'
),

person_in_contact as {{ materialized() }}(
    select
        'patient_ethnicity' as source,
        'ethnic_category' as field,
        contact.organisation_code,
        contact.month,
        contact.unit_level,
        contact.unit_code,
        contact.code_2001,
        contact.recording_status,
        cast(null as {{ dbt.type_string() }}) as national_status,
        contact.has_lost_detail,
        patient_month.age_band,
        patient_month.sex,
        patient_month.legal_status,
        patient_month.has_comparable,
        patient_month.has_two_record,
        patient_month.has_conflict,
        0 as has_downgraded,
        patient_month.has_withdrawn
    from {{ ref('int_contact_unit') }} as contact
    inner join patient_month
        on {{ same_columns(['organisation_code', 'local_patient_key', 'month'], 'patient_month', 'contact') }}
),

counted_person as (
    {%- for breakdown in ['all'] + of_people %}
    {%- set breakdown_value = "'all'" if breakdown == 'all' else breakdown %}
    select
        {{ (place + value) | join(', ') }},
        unit_level,
        unit_code,
        '{{ breakdown }}' as breakdown,
        {{ breakdown_value }} as breakdown_value,
        count(*) as record_count,
        {%- for flag in flags %}
        cast(sum(has_{{ flag }}) as bigint) as {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from person_in_contact
    {%- if breakdown != 'all' %}
    where unit_level in ('organisation', 'division')
    {%- endif %}
    group by
        {{ (place + value) | join(', ') }}, unit_level, unit_code{{ ', ' ~ breakdown if breakdown != 'all' }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    {%- for relation in ['counted_record', 'broken_record', 'counted_person'] %}
    select
        {{ (place + value) | join(', ') }},
        unit_level,
        unit_code,
        breakdown,
        breakdown_value,
        record_count,
        {%- for flag in flags %}
        {{ flag }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    source,
    field,
    organisation_code,
    unit_level,
    unit_code,
    month,
    breakdown,
    breakdown_value,
    code_2001,
    recording_status,
    national_status,
    has_lost_detail,
    record_count,
    comparable_count,
    two_record_count,
    conflict_count,
    downgraded_count,
    withdrawn_count
from counted
