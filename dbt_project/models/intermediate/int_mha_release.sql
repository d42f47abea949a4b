with community_treatment_order as (
    {{ latest_version(
        ref('stg_mhsds__mhs404_community_treatment_order'),
        ['legal_status_period_key', 'start_date'],
        ['end_date', 'end_reason_code'],
        submission=ref('int_mhsds_submission')
    ) }}
),

conditional_discharge as (
    {{ latest_version(
        ref('stg_mhsds__mhs403_conditional_discharge'),
        ['legal_status_period_key', 'start_date'],
        ['end_date', 'end_reason_code'],
        submission=ref('int_mhsds_submission')
    ) }}
),

-- A community treatment order brings a person back when it ends by revocation (02). The reasons for which a
-- conditional discharge ends are not verified: any end counts, and only a new section beside it makes it a recall.
released as (
    select
        'community_treatment_order' as release_type,
        legal_status_period_key,
        start_date,
        end_date,
        coalesce(end_reason_code, '') = '02' as is_brought_back
    from community_treatment_order
    union all
    select
        'conditional_discharge' as release_type,
        legal_status_period_key,
        start_date,
        end_date,
        end_date is not null as is_brought_back
    from conditional_discharge
),

period as (
    select legal_status_period_key, person_key, source_organisation_code, organisation_code
    from {{ ref('int_mha_period') }}
)

select
    released.release_type,
    released.legal_status_period_key,
    released.start_date,
    released.end_date,
    released.is_brought_back,
    period.person_key,
    period.source_organisation_code,
    period.organisation_code
from released
left join period on period.legal_status_period_key = released.legal_status_period_key
