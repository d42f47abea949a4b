with refusal as (
    select distinct
        subject_key as person_key,
        month,
        {{ month_end('month') }} as month_end
    from {{ ref('int_ethnicity_record') }}
    where
        source in ('mhsds', 'incidents')
        and subject = 'patient'
        and recording_status = 'not_stated'
        and subject_key is not null
),

held as (
    select
        refusal.person_key,
        refusal.month,
        max(case record.recording_status when 'valid' then record.recorded_date end) as last_usable_date,
        max(case record.recording_status when 'not_stated' then record.recorded_date end) as last_refused_date
    from refusal
    inner join {{ ref('int_epr_ethnicity') }} as record
        on record.person_key = refusal.person_key and record.recorded_date <= refusal.month_end
    group by refusal.person_key, refusal.month
)

-- A refusal in the patient record itself, later than every code, is no answer lost.
select
    person_key,
    month
from held
where last_usable_date is not null and (last_refused_date is null or last_refused_date <= last_usable_date)
