{#
Indirectly standardised ratio: events observed over events expected at the reference's rates, with 95% limits.
Formula: observed / expected; limits those of the count, `stat_poisson_*` (Byar's; exact below 10), over expected.
Source: the OHID technical guide for rates.
Domain: whole observed >= 0, expected > 0, expected = sum over strata of people times the reference's rate, taken as
known. Undefined when expected is 0 or missing: NULL. For repeated events put `stat_clustered_*` limits over expected.
#}
{% macro stat_isr(observed, expected) -%}
    {{ safe_divide(observed, expected) }}
{%- endmacro %}

{% macro stat_isr_lower(observed, expected) -%}
    {{ safe_divide(stat_poisson_lower(observed), expected) }}
{%- endmacro %}

{% macro stat_isr_upper(observed, expected) -%}
    {{ safe_divide(stat_poisson_upper(observed), expected) }}
{%- endmacro %}
