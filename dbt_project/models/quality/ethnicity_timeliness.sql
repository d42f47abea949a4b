{%- set slice = ['organisation_code', 'unit_level', 'unit_code', 'month'] -%}
with month_of_record as (
    select min(period_start) as first_month
    from {{ ref('dim_period') }}
    where period_type = 'month'
),

unit as (
    select organisation_code, unit_code, month, unit_level, ancestor_code
    from {{ ref('int_measure_unit') }}
),

{{ known_unit_cte('unit') }},

first_of_team as (
    select
        organisation_code,
        unit_code,
        local_patient_key,
        min(first_contact_date) as first_contact_date,
        min(record_first_month) as record_first_month
    from {{ ref('int_contact_ethnicity') }}
    group by organisation_code, unit_code, local_patient_key
),

-- A first contact belongs to the unit as it was that month; of one before the first month of the run, as it was then.
placed as (
    select
        first_of_team.organisation_code,
        first_of_team.unit_code,
        first_of_team.local_patient_key,
        first_of_team.first_contact_date,
        first_of_team.record_first_month,
        greatest({{ month_start('first_of_team.first_contact_date') }}, month_of_record.first_month) as unit_month
    from first_of_team
    cross join month_of_record
),

-- The first contact with a unit is the first with any team of it: whom a division knew before is not new to it.
first_contact as (
    select
        placed.organisation_code,
        unit.unit_level,
        unit.ancestor_code as unit_code,
        placed.local_patient_key,
        min(placed.first_contact_date) as first_contact_date,
        min(placed.record_first_month) as record_first_month
    from placed
    left join known_unit on {{ is_known_unit('placed', 'unit_month') }}
    inner join unit
        on
            unit.organisation_code = placed.organisation_code
            and unit.unit_code = {{ unit_or_unknown() }}
            and unit.month = placed.unit_month
    group by placed.organisation_code, unit.unit_level, unit.ancestor_code, placed.local_patient_key
),

-- An answer is a code or a refusal: someone asked.
first_answer as (
    select local_patient_key, min(recorded_date) as first_answer_date
    from {{ ref('int_epr_ethnicity') }}
    where recording_status in ('valid', 'not_stated')
    group by local_patient_key
),

answered as (
    select
        first_contact.organisation_code,
        first_contact.unit_level,
        first_contact.unit_code,
        {{ month_start('first_contact.first_contact_date') }} as month,
        first_answer.first_answer_date is not null as is_answered,
        {{ days_between('first_contact.first_contact_date', 'first_answer.first_answer_date') }} as answer_days
    from first_contact
    inner join month_of_record on first_contact.first_contact_date >= month_of_record.first_month
    left join first_answer on first_answer.local_patient_key = first_contact.local_patient_key
    -- Of contacts before there was a patient record only those seen again are known.
    where first_contact.first_contact_date >= first_contact.record_first_month
),

timed as (
    select
        {{ slice | join(', ') }},
        count(*) as first_contact_count,
        sum(case when answer_days <= 0 then 1 else 0 end) as by_first_contact_count,
        sum(case when answer_days between 1 and 28 then 1 else 0 end) as within_28_days_count,
        sum(case when answer_days > 28 then 1 else 0 end) as later_count,
        sum(case when is_answered then 0 else 1 end) as not_yet_count
    from answered
    group by {{ slice | join(', ') }}
),

-- How old what is held is, by whole calendar months: counted before the middle is looked for, because months are few.
confirmed as (
    select
        {{ slice | join(', ') }},
        case when recording_status = 'valid' then {{ months_between_dates('recorded_date', 'month') }} end
            as months_since_confirmed,
        count(*) as person_count
    from {{ ref('int_contact_unit') }}
    group by
        {{ slice | join(', ') }},
        case when recording_status = 'valid' then {{ months_between_dates('recorded_date', 'month') }} end
),

ordered_confirmed as (
    select
        {{ slice | join(', ') }},
        months_since_confirmed,
        person_count,
        sum(case when months_since_confirmed is not null then person_count end) over (
            partition by {{ slice | join(', ') }}
        ) as confirmed_count,
        sum(case when months_since_confirmed is not null then person_count end) over (
            partition by {{ slice | join(', ') }}
            order by months_since_confirmed asc nulls last
            rows between unbounded preceding and current row
        ) as reached_count
    from confirmed
),

-- The middle value, or half way between the middle two.
recent as (
    select
        {{ slice | join(', ') }},
        sum(person_count) as in_contact_count,
        coalesce(max(confirmed_count), 0) as confirmed_count,
        min(case when 2 * reached_count >= confirmed_count then months_since_confirmed end) as lower_middle,
        min(case when 2 * reached_count > confirmed_count then months_since_confirmed end) as upper_middle
    from ordered_confirmed
    group by {{ slice | join(', ') }}
),

place as (
    select {{ slice | join(', ') }}
    from timed
    union
    select {{ slice | join(', ') }}
    from recent
)

select
    {{ aliased(slice, 'place') }},
    cast(coalesce(timed.first_contact_count, 0) as bigint) as first_contact_count,
    cast(coalesce(timed.by_first_contact_count, 0) as bigint) as by_first_contact_count,
    cast(coalesce(timed.within_28_days_count, 0) as bigint) as within_28_days_count,
    cast(coalesce(timed.later_count, 0) as bigint) as later_count,
    cast(coalesce(timed.not_yet_count, 0) as bigint) as not_yet_count,
    {{ safe_divide('timed.by_first_contact_count', 'timed.first_contact_count') }} as by_first_contact_share,
    cast(coalesce(recent.in_contact_count, 0) as bigint) as in_contact_count,
    cast(coalesce(recent.confirmed_count, 0) as bigint) as confirmed_count,
    {{ safe_divide('recent.lower_middle + recent.upper_middle', '2') }} as median_months_since_confirmed
from place
left join timed on {{ same_columns(slice, 'timed', 'place') }}
left join recent on {{ same_columns(slice, 'recent', 'place') }}
