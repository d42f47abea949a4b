with ward_month as (
    select
        organisation_code,
        subject_key,
        month,
        unit_code,
        sex_code,
        age_band,
        cast(incident_count as double) as numerator,
        cast(bed_day_count as double) as denominator
    from {{ ref('int_ward_month') }}
    where incident_count > 0 or bed_day_count > 0
),

atom as (
    {{ ward_atoms('restraint_rate', stratified=['all']) }}
)

select {{ atom_columns() | join(', ') }}
from atom
