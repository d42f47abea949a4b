with organisation as (
    select source_organisation_code, organisation_code
    from {{ ref('int_organisation_successor') }}
),

header as (
    select
        source_organisation_code,
        month,
        max(provider_code) as provider_code,
        min({{ month_start('period_start_date') }}) as reporting_month,
        max(submitted_at) as submitted_at
    from {{ ref('stg_mhsds__mhs000_header') }}
    group by source_organisation_code, month
),

-- Patients without a usable header still count, under the month of their folder.
patient_file as (
    select distinct source_organisation_code, month
    from {{ ref('stg_mhsds__mhs001_mpi') }}
),

submission as (
    select
        patient_file.source_organisation_code,
        patient_file.month,
        coalesce(header.provider_code, patient_file.source_organisation_code) as provider_code,
        coalesce(header.reporting_month, patient_file.month) as reporting_month,
        header.submitted_at
    from patient_file
    left join header
        on
            header.source_organisation_code = patient_file.source_organisation_code
            and header.month = patient_file.month
    where patient_file.month is not null
),

ranked as (
    select
        submission.source_organisation_code,
        submission.month,
        submission.provider_code,
        submission.reporting_month,
        submission.submitted_at,
        row_number() over (
            partition by submission.provider_code, submission.reporting_month
            order by
                submission.submitted_at desc nulls last,
                submission.month desc nulls last,
                submission.source_organisation_code asc nulls last
        ) as submission_rank
    from submission
)

select
    ranked.source_organisation_code,
    ranked.month,
    ranked.provider_code,
    organisation.organisation_code,
    ranked.reporting_month,
    ranked.submitted_at
from ranked
inner join organisation on organisation.source_organisation_code = ranked.source_organisation_code
where ranked.submission_rank = 1
