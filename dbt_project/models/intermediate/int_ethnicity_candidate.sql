{%- set person = 'subject, subject_key' -%}
{%- set candidate = 'subject, subject_key, source, system, method, code_2001' -%}
with source_rank as (
    {{ ethnicity_source_rank_rows() }}
),

code as (
    select ethnicity_code, yields_to_specific
    from {{ ref('ref_ethnicity') }}
    where basis = '2001'
),

tally as (
    select
        tally.subject,
        tally.subject_key,
        tally.source,
        tally.system,
        tally.method,
        source_rank.source_rank,
        source_rank.takes_latest,
        source_rank.is_guess,
        tally.code_2001,
        tally.code_2021,
        tally.recording_status,
        tally.record_count,
        tally.usable_count,
        tally.last_recorded_date
    from {{ ref('int_ethnicity_tally') }} as tally
    inner join source_rank
        on
            source_rank.subject = tally.subject
            and source_rank.source = tally.source
            and source_rank.method = tally.method
),

{{ standing_refusal_ctes('tally', person, 'last_recorded_date', 'usable_count > 0') }},

coded as (
    select
        tally.subject,
        tally.subject_key,
        tally.source,
        tally.system,
        tally.method,
        tally.source_rank,
        tally.takes_latest,
        tally.is_guess,
        code.yields_to_specific,
        tally.code_2001,
        tally.code_2021,
        tally.record_count,
        tally.usable_count,
        tally.last_recorded_date
    from tally
    inner join code on code.ethnicity_code = tally.code_2001
    where tally.recording_status = 'valid'
),

-- Of the 2021 forms of one 2001 code the latest usable one stands.
form as (
    select
        subject,
        subject_key,
        source,
        system,
        method,
        source_rank,
        takes_latest,
        is_guess,
        yields_to_specific,
        code_2001,
        code_2021,
        sum(record_count) over (partition by {{ candidate }}) as record_count,
        sum(usable_count) over (partition by {{ candidate }}) as usable_count,
        max(last_recorded_date) over (partition by {{ candidate }}) as last_recorded_date,
        max(case when usable_count > 0 then last_recorded_date end) over (partition by {{ candidate }})
            as last_usable_date,
        row_number() over (
            partition by {{ candidate }}
            order by
                case when usable_count > 0 then 0 else 1 end asc,
                last_recorded_date desc nulls last,
                code_2021 asc nulls last
        ) as form_order
    from coded
),

weighed as (
    select
        form.subject,
        form.subject_key,
        form.source,
        form.system,
        form.method,
        form.source_rank,
        form.takes_latest,
        form.is_guess,
        form.yields_to_specific,
        form.code_2001,
        form.code_2021,
        form.record_count,
        form.usable_count,
        form.last_recorded_date,
        form.last_usable_date,
        standing_refusal.subject_key is not null as is_undone,
        form.usable_count > 0 and standing_refusal.subject_key is null as is_eligible,
        sum(form.usable_count) over (partition by form.subject, form.subject_key, form.source_rank, form.code_2001)
            as code_count,
        max(form.last_usable_date) over (
            partition by form.subject, form.subject_key, form.source_rank, form.code_2001
        ) as code_last_date
    from form
    left join standing_refusal
        on
            standing_refusal.subject = form.subject
            and standing_refusal.subject_key = form.subject_key
            and standing_refusal.source_rank <= form.source_rank
    where form.form_order = 1
),

ranked as (
    select
        subject,
        subject_key,
        source,
        system,
        method,
        source_rank,
        takes_latest,
        is_guess,
        yields_to_specific,
        code_2001,
        code_2021,
        record_count,
        usable_count,
        last_recorded_date,
        is_undone,
        code_count,
        code_last_date,
        is_eligible and row_number() over (
            partition by {{ person }}
            order by
                is_eligible desc,
                is_guess asc,
                yields_to_specific asc,
                source_rank asc,
                case when takes_latest then 0 else code_count end desc,
                code_last_date desc nulls last,
                code_2001 asc nulls last,
                last_usable_date desc nulls last,
                code_2021 asc nulls last,
                source asc,
                method asc,
                system asc
        ) = 1 as is_preferred
    from weighed
),

preferred as (
    select
        subject, subject_key, source_rank, is_guess, yields_to_specific, code_2001, code_count, code_last_date
    from ranked
    where is_preferred
),

compared as (
    select
        ranked.subject,
        ranked.subject_key,
        ranked.source,
        ranked.system,
        ranked.method,
        ranked.source_rank,
        ranked.takes_latest,
        ranked.code_2001,
        ranked.code_2021,
        ranked.record_count,
        ranked.usable_count,
        ranked.last_recorded_date,
        ranked.is_undone,
        ranked.is_preferred,
        coalesce(ranked.code_2001 = preferred.code_2001, false) as says_the_same,
        coalesce(ranked.is_guess and not preferred.is_guess, false) as is_only_guessed,
        coalesce(ranked.yields_to_specific and not preferred.yields_to_specific, false) as is_less_specific,
        coalesce(ranked.source_rank > preferred.source_rank, false) as is_of_lower_rank,
        coalesce(not ranked.takes_latest and ranked.code_count < preferred.code_count, false) as is_less_frequent,
        coalesce(ranked.code_last_date < preferred.code_last_date, false) as is_older
    from ranked
    left join preferred
        on preferred.subject = ranked.subject and preferred.subject_key = ranked.subject_key
)

select
    subject,
    subject_key,
    source,
    system,
    method,
    source_rank,
    code_2001,
    code_2021,
    cast(record_count as bigint) as record_count,
    cast(usable_count as bigint) as usable_count,
    last_recorded_date,
    is_preferred,
    case
        when is_preferred then 'preferred'
        when says_the_same then 'same_code'
        when usable_count = 0 then 'too_old'
        when is_undone then 'undone_by_refusal'
        when is_only_guessed then 'lower_source'
        when is_less_specific then 'less_specific'
        when is_of_lower_rank then 'lower_source'
        when is_less_frequent then 'less_frequent'
        when is_older then 'older'
        else 'tied'
    end as reason_code
from compared
