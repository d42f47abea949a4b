with status as (
    select recording_status, sort_order as status_order
    from {{ ref('ref_ethnicity') }}
    where basis = '2001' and ethnicity_code = recording_status
),

source_rank as (
    select method, source_rank
    from ({{ ethnicity_source_rank_rows() }}) as source_ranks
    where subject = 'patient' and source = 'patient_ethnicity'
),

contact as (
    select distinct local_patient_key, month
    from {{ ref('int_contact') }}
),

-- The month after a contact too: who was to be asked may have answered and be seen no more.
contact_or_after as (
    select local_patient_key, month
    from contact
    union
    select local_patient_key, {{ add_months('month', 1) }} as month
    from contact
),

patient_month as (
    select
        local_patient_key,
        month,
        {{ month_end('month') }} as month_end
    from contact_or_after
),

held as (
    select
        patient_month.local_patient_key,
        patient_month.month,
        record.system,
        record.method,
        record.recorded_date,
        record.code_2001,
        record.code_2021,
        record.recording_status,
        record.has_lost_detail,
        source_rank.source_rank,
        coalesce(status.status_order, 0) as status_order,
        max(case when record.recording_status = 'valid' then record.recorded_date end) over (
            partition by patient_month.local_patient_key, patient_month.month
        ) as last_usable_date
    from patient_month
    inner join {{ ref('int_epr_ethnicity') }} as record
        on
            record.local_patient_key = patient_month.local_patient_key
            and record.recorded_date <= patient_month.month_end
    inner join source_rank on source_rank.method = coalesce(record.method, 'none')
    left join status on status.recording_status = record.recording_status
),

{{ standing_refusal_ctes('held', 'local_patient_key, month', 'recorded_date', "recording_status = 'valid'") }},

-- As in the preferred ethnicity: a refusal that stands undoes codes. Else what the person said, the latest of it; else
-- the best that is there.
ranked as (
    select
        held.local_patient_key,
        held.month,
        held.recorded_date,
        held.code_2001,
        held.code_2021,
        held.recording_status,
        held.has_lost_detail,
        held.last_usable_date,
        row_number() over (
            partition by held.local_patient_key, held.month
            order by
                case
                    when held.recording_status = 'valid' and standing_refusal.source_rank <= held.source_rank then 1
                    else 0
                end asc,
                held.status_order asc,
                held.source_rank asc,
                held.recorded_date desc,
                held.code_2001 asc nulls last,
                held.code_2021 asc nulls last,
                held.system asc,
                held.method asc nulls last
        ) as preference
    from held
    left join standing_refusal
        on
            standing_refusal.local_patient_key = held.local_patient_key
            and standing_refusal.month = held.month
)

select
    patient_month.local_patient_key,
    patient_month.month,
    ranked.code_2001,
    ranked.code_2021,
    coalesce(ranked.recording_status, 'missing') as recording_status,
    ranked.recorded_date,
    coalesce(ranked.has_lost_detail, false) as has_lost_detail,
    ranked.last_usable_date
from patient_month
left join ranked
    on
        ranked.local_patient_key = patient_month.local_patient_key
        and ranked.month = patient_month.month
        and ranked.preference = 1
