with period as (
    select
        legal_status_period_key,
        person_key,
        source_organisation_code,
        start_date,
        start_time,
        end_date,
        legal_status_code,
        detention_role,
        last_month,
        is_repeat
    from {{ ref('int_mha_period') }}
),

spell as (
    select
        hospital_spell_key,
        person_key,
        source_organisation_code,
        start_date,
        start_time,
        coalesce(discharge_date, {{ month_end('last_month') }}) as known_until,
        source_of_admission_code,
        method_of_admission_code
    from {{ ref('int_hospital_spell') }}
),

release as (
    select release_type, person_key, start_date, end_date
    from {{ ref('int_mha_release') }}
    where is_brought_back
),

hospital_route as (
    select source, raw_value
    from {{ ref('ref_admission_route') }}
    where route = 'hospital'
),

-- A person's periods in order; one sent twice under two identifiers stands in the order once.
ordered as (
    select
        legal_status_period_key,
        lag(legal_status_code) over (partition by person_key order by start_date, start_time, legal_status_period_key)
            as previous_code,
        lag(detention_role) over (partition by person_key order by start_date, start_time, legal_status_period_key)
            as previous_role,
        lag(end_date) over (partition by person_key order by start_date, start_time, legal_status_period_key)
            as previous_end_date,
        lag(last_month) over (partition by person_key order by start_date, start_time, legal_status_period_key)
            as previous_last_month
    from (
        select
            legal_status_period_key,
            person_key,
            start_date,
            coalesce(start_time, '00:00') as start_time,
            end_date,
            legal_status_code,
            detention_role,
            last_month
        from period
        where not is_repeat
    ) as unrepeated
),

-- The spell that a period falls into: the last begun by then, else the first begun while the period ran.
spell_of_period as (
    select
        period.legal_status_period_key,
        spell.hospital_spell_key,
        spell.start_date,
        spell.start_time,
        spell.source_of_admission_code,
        spell.method_of_admission_code,
        row_number() over (
            partition by period.legal_status_period_key
            order by
                case when spell.start_date <= period.start_date then 0 else 1 end asc,
                case when spell.start_date <= period.start_date then spell.start_date end desc nulls last,
                spell.start_date asc,
                spell.hospital_spell_key asc
        ) as spell_rank
    from period
    inner join spell
        on
            spell.person_key = period.person_key
            and spell.source_organisation_code = period.source_organisation_code
            and spell.known_until >= period.start_date
            and spell.start_date <= coalesce(period.end_date, {{ month_end('period.last_month') }})
),

brought_back as (
    select
        period.legal_status_period_key,
        max(case when release.release_type = 'community_treatment_order' then 1 else 0 end) as after_revocation,
        max(case when release.release_type = 'conditional_discharge' then 1 else 0 end) as after_recall
    from period
    inner join release
        on
            release.person_key = period.person_key
            and release.start_date < period.start_date
            and release.end_date >= {{ add_days('period.start_date', -1) }}
            and release.end_date <= {{ add_days('period.start_date', 1) }}
    group by period.legal_status_period_key
),

-- A previous period without an end that stopped being sent before this one began ended when it was last sent.
context as (
    select
        period.legal_status_period_key,
        period.start_date,
        coalesce(period.start_time, '') as start_time,
        period.legal_status_code,
        period.detention_role,
        period.is_repeat,
        ordered.previous_code,
        ordered.previous_role,
        coalesce(
            ordered.previous_end_date,
            case
                when ordered.previous_last_month < {{ month_start('period.start_date') }}
                    then {{ month_end('ordered.previous_last_month') }}
            end
        ) as previous_end_date,
        spell.hospital_spell_key,
        spell.start_date as spell_start_date,
        coalesce(spell.start_time, '') as spell_start_time,
        source_route.raw_value is not null or method_route.raw_value is not null as is_from_hospital,
        coalesce(brought_back.after_revocation, 0) = 1 as is_after_revocation,
        coalesce(brought_back.after_recall, 0) = 1 as is_after_recall
    from period
    left join ordered on ordered.legal_status_period_key = period.legal_status_period_key
    left join spell_of_period as spell
        on spell.legal_status_period_key = period.legal_status_period_key and spell.spell_rank = 1
    left join hospital_route as source_route
        on source_route.source = 'mhsds_source' and source_route.raw_value = spell.source_of_admission_code
    left join hospital_route as method_route
        on method_route.source = 'mhsds_method' and method_route.raw_value = spell.method_of_admission_code
    left join brought_back on brought_back.legal_status_period_key = period.legal_status_period_key
),

-- Days are compared, not hours: `within a day` means the same or the next day; an unended or overlapping section
-- runs on. Times matter only on the day of admission, and only where both are known.
related as (
    select
        legal_status_period_key,
        start_date,
        legal_status_code,
        detention_role,
        is_repeat,
        previous_code,
        coalesce(previous_role, 'informal') as previous_role,
        previous_end_date,
        hospital_spell_key,
        spell_start_date,
        is_from_hospital,
        is_after_revocation,
        is_after_recall,
        coalesce(previous_role, 'informal') not in ('informal', 'none')
        and (previous_end_date is null or start_date <= {{ add_days('previous_end_date', 1) }}) as follows_on,
        coalesce(previous_end_date < start_date, false) as previous_has_ended,
        coalesce(
            start_date > spell_start_date
            or (
                start_date = spell_start_date
                and start_time <> '' and spell_start_time <> '' and start_time > spell_start_time
            ),
            false
        ) as begins_after_admission,
        coalesce(start_date = spell_start_date, false) as begins_on_day_of_admission,
        coalesce(start_date < spell_start_date, false) as begins_before_admission
    from context
),

categorised as (
    select
        legal_status_period_key,
        hospital_spell_key,
        case
            when detention_role = 'informal' then null
            -- the same period again
            when is_repeat then 'N'
            when detention_role = 'guardianship' then 'M'
            when detention_role = 'place_of_safety' then 'E'
            -- 5(2) that follows a 5(4)
            when legal_status_code = '05' and previous_code = '06' and follows_on then 'J'
            when detention_role = 'holding_power' then 'F'
            when detention_role = 'none' then 'N'
            -- back in hospital: the order ended by revocation, or the conditional discharge ended, within a day
            when legal_status_code <> '02' and is_after_revocation then 'D'
            when detention_role = 'criminal_justice' and is_after_recall then 'D'
            when legal_status_code = '10' and previous_code = '07' and follows_on then 'K'
            when legal_status_code = '03' and previous_code = '02' and follows_on then 'L'
            when detention_role = 'civil_detention' and previous_role = 'place_of_safety' and follows_on then 'C'
            when legal_status_code = previous_code and follows_on then 'G'
            -- the section began elsewhere
            when begins_before_admission and is_from_hospital then 'H'
            when
                detention_role = 'civil_detention'
                and begins_on_day_of_admission and not begins_after_admission and not follows_on
                then 'A'
            when
                detention_role = 'civil_detention'
                and (begins_after_admission or begins_on_day_of_admission)
                and previous_role = 'holding_power' and follows_on
                then 'B'
            when
                detention_role = 'civil_detention'
                and begins_after_admission and (not follows_on or previous_has_ended)
                then 'B'
            when
                detention_role = 'criminal_justice'
                and (begins_on_day_of_admission or begins_before_admission)
                and (not follows_on or previous_role in ('civil_detention', 'holding_power'))
                then 'P'
            else 'N'
        end as detention_category
    from related
)

select
    legal_status_period_key,
    hospital_spell_key,
    detention_category
from categorised
