{%- set groupings = {
    'white_bme': {'column': 'white_bme_code', 'bases': ['2001', '2021']},
    'broad_nhs': {'column': 'nhs_broad_code', 'bases': ['2001']},
    'broad_ons': {'column': 'ons_broad_code', 'bases': ['2001', '2021']},
    'ethnic_16': {'column': 'ethnicity_code', 'bases': ['2001']},
    'ethnic_19': {'column': 'ethnicity_code', 'bases': ['2021']},
} -%}
with ethnicity as (
    select
        basis,
        ethnicity_code,
        recording_status,
        nhs_broad_code,
        ons_broad_code,
        white_bme_code,
        is_white_british
    from {{ ref('dim_ethnicity') }}
),

-- Among single groups the reference is White British: a group is never compared with people it contains.
grouped as (
    {%- for grouping, rule in groupings.items() %}
    select
        basis,
        '{{ grouping }}' as grouping,
        ethnicity_code,
        {{ rule.column }} as known_group_code,
        recording_status,
        {% if rule.column == 'ethnicity_code' %}is_white_british{% else %}white_bme_code = 'white'{% endif %}
            as is_white_reference
    from ethnicity
    where basis in ('{{ rule.bases | join("', '") }}')
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Census groups without a 2001 letter, which only a national denominator keeps apart, count in the broad groups.
set_apart as (
    select
        '2001' as basis,
        grouped.grouping,
        grouped.ethnicity_code,
        grouped.known_group_code,
        grouped.recording_status,
        false as is_white_reference
    from grouped
    left join ethnicity as lettered on lettered.basis = '2001' and lettered.ethnicity_code = grouped.ethnicity_code
    where grouped.basis = '2021' and grouped.grouping in ('white_bme', 'broad_ons') and lettered.basis is null
    union all
    select
        '2001' as basis,
        'broad_nhs' as grouping,
        ethnicity.ethnicity_code,
        ethnicity.nhs_broad_code as known_group_code,
        ethnicity.recording_status,
        false as is_white_reference
    from ethnicity
    left join ethnicity as lettered on lettered.basis = '2001' and lettered.ethnicity_code = ethnicity.ethnicity_code
    where ethnicity.basis = '2021' and lettered.basis is null
),

member as (
    select basis, grouping, ethnicity_code, known_group_code, recording_status, is_white_reference from grouped
    union all
    select basis, grouping, ethnicity_code, known_group_code, recording_status, is_white_reference from set_apart
)

select
    basis,
    grouping,
    ethnicity_code,
    case when recording_status = 'valid' then known_group_code else recording_status end as group_code,
    recording_status <> 'valid' as is_unknown,
    recording_status = 'valid' and is_white_reference as is_white_reference
from member
where recording_status <> 'valid' or known_group_code is not null
