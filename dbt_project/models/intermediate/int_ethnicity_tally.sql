-- A patient's codes count for five years; a member of staff's latest code counts however old.
select
    subject,
    subject_key,
    source,
    code_2001,
    code_2021,
    recording_status,
    count(*) as record_count,
    sum(case
        when
            recording_status = 'valid'
            and (
                subject = 'staff'
                or recorded_date > {{ add_months(month_start(date_literal(var('as_of'))), -60) }}
            )
            then 1
        else 0
    end) as usable_count,
    max(recorded_date) as last_month
from {{ ref('int_ethnicity_record') }}
where subject_key is not null and subject in ('patient', 'staff')
group by subject, subject_key, source, code_2001, code_2021, recording_status
