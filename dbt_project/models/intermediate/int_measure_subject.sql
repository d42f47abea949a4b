-- Numbers instead of keys of 64 characters: what is counted, grouped and joined by person costs a fraction.
with named as (
    {%- for measure_id in var('atom_measures') %}
    select subject_key
    from {{ ref('int_atom_' ~ measure_id) }}
    where subject_key is not null
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
)

select
    subject_key,
    row_number() over (order by subject_key) as subject_number
from named
