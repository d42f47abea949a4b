{{ config(alias="measure_catalogue") }}

select
    measure_id,
    measure_name,
    question,
    family,
    measure_type,
    additivity,
    value_unit,
    multiplier,
    denominator_unit,
    ratio_direction,
    polarity,
    stratifications,
    period_types,
    lowest_unit_level,
    breakdowns,
    groupings,
    bases,
    reference,
    guarded_codes,
    target,
    source_feeds,
    owner,
    definition,
    caveat,
    not_verified
from {{ ref('measure_catalogue') }}
