{#
Atoms of a measure of people on wards, from the CTE `ward_month`: organisation_code, subject_key, month, unit_code,
sex_code, age_band, numerator and denominator of a person on a ward in a month.

Belongs here: breakdowns and strata that every such measure has. Does not belong here: what is counted.

The stratum is the ward and the quarter, so that people are compared with those who stayed on the same ward at the same
time. `stratified` lists the breakdowns whose atoms are repeated by stratum.
#}
{% macro ward_atoms(measure_id, stratified) -%}
    {%- set values = {'all': "'all'", 'sex': 'sex_code', 'age_band': 'age_band'} -%}
    {%- set stratum -%}
        concat(unit_code, ':', cast({{ quarter_start('month') }} as {{ dbt.type_string() }}))
    {%- endset -%}
    {%- for breakdown, value in values.items() %}
    {%- for stratification in ['none', 'ward_quarter'] if stratification == 'none' or breakdown in stratified %}
    select
        '{{ measure_id }}' as measure_id,
        'own' as role,
        organisation_code,
        subject_key,
        month,
        unit_code,
        '{{ breakdown }}' as breakdown,
        {{ value }} as breakdown_value,
        '{{ stratification }}' as stratification,
        {{ "'none'" if stratification == 'none' else stratum }} as stratum,
        cast(null as {{ dbt.type_string() }}) as basis,
        cast(null as {{ dbt.type_string() }}) as denominator_rule,
        cast(null as {{ dbt.type_string() }}) as ethnicity_code,
        numerator,
        denominator,
        false as is_modelled
    from ward_month
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
