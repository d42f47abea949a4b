{%- set key = ['cell_number', 'stratification_number', 'group_number'] -%}
{%- set both = ('numerator', 'denominator', 'reference_numerator', 'reference_denominator') -%}
{%- set total = 'denominator + reference_denominator + unknown_eventless' -%}
{%- set with_group = 'case when is_settled and denominator > 0e0 then ' -%}
{%- set with_reference = 'case when is_settled and reference_denominator > 0e0 then ' -%}
{%- set a_own = with_group ~ '(numerator + unknown_numerator) * '
    ~ safe_divide('reference_denominator + unknown_eventless', total) ~ ' end' -%}
{%- set b_other = with_reference ~ 'reference_numerator * ' ~ safe_divide('denominator', total) ~ ' end' -%}
{%- set b_own = with_reference ~ '(reference_numerator + unknown_numerator) * '
    ~ safe_divide('denominator + unknown_eventless', total) ~ ' end' -%}
{%- set a_other = with_group ~ 'numerator * ' ~ safe_divide('reference_denominator', total) ~ ' end' -%}
with with_block as (
    select distinct {{ key | join(', ') }}, stratum_number
    from {{ ref('int_measure_stratum_block') }}
),

stratum as (
    select
        {{ aliased(key, 'stratum') }},
        {{ aliased(both, 'stratum') }},
        stratum.unknown_numerator,
        stratum.unknown_eventless,
        with_block.cell_number is null as is_settled
    from {{ ref('int_measure_stratum_comparison') }} as stratum
    left join with_block
        on {{ same_columns(key, 'with_block', 'stratum') }} and with_block.stratum_number = stratum.stratum_number
    where stratum.is_mantel_haenszel
),

-- Without people whose side is open, events go to the side driven up and time to the other. Events of a side without
-- time (of residents, where none of them were counted) carry nothing, as in the ratio.
summed as (
    select
        {{ key | join(', ') }},
        {{ stat_mh_rate_ratio(*both) }} as ratio,
        {{ stable_sum(a_own, decimals=17) }} as upper_own_weighted,
        {{ stable_sum(b_other, decimals=17) }} as upper_other_weighted,
        {{ stable_sum(b_own, decimals=17) }} as lower_own_weighted,
        {{ stable_sum(a_other, decimals=17) }} as lower_other_weighted
    from stratum
    group by {{ key | join(', ') }}
)

{%- for side, bound in [('upper', 'ratio'), ('lower', safe_divide('1e0', 'ratio'))] %}
select
    {{ key | join(', ') }},
    {{ 'true' if side == 'upper' else 'false' }} as is_upper,
    {{ bound }} as bound,
    coalesce({{ side }}_own_weighted, 0e0) as own_weighted,
    coalesce({{ side }}_other_weighted, 0e0) as other_weighted
from summed
where {{ bound }} is not null
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
