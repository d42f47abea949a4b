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
)

select
    basis,
    grouping,
    ethnicity_code,
    case when recording_status = 'valid' then known_group_code else recording_status end as group_code,
    recording_status <> 'valid' as is_unknown,
    recording_status = 'valid' and is_white_reference as is_white_reference
from grouped
where recording_status <> 'valid' or known_group_code is not null
