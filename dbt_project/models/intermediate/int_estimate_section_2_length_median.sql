with observation as (
    select organisation_code, subject_key, month, unit_code, value
    from {{ ref('int_section_2_length') }}
),

{{ estimate_of('section_2_length_median', 'median') }}
