{#
A Mantel-Haenszel ratio and its sums over strata: events of one side, each stratum weighted by the other side's share of
the people (or the time), and any sum over the strata that hold both sides.
Formula: weighted sum(events other / (own + other)): R of the group, S of the reference; ratio R / S; limits ratio *
exp(-/+ z se), se^2 = variance / (R S), variance that of `stat_mh_rate_ratio` or `stat_mh_risk_ratio`.
Source: Mantel and Haenszel, Journal of the National Cancer Institute 1959; Greenland and Robins, Biometrics 1985.
Domain: events >= 0. A stratum where a side has nobody, or is missing, carries nothing. NULL when no stratum is left or
S is 0; the limits are NULL too when R is 0. A model with many ratios makes columns of the sums first: an engine may
work out an expression as often as it stands there.
#}
{% macro stat_mh_ratio(weighted, reference_weighted) -%}
    {{ safe_divide(weighted, reference_weighted) }}
{%- endmacro %}

{% macro stat_mh_ratio_lower(weighted, reference_weighted, variance) -%}
    {%- set error = stat_mh_ratio_error(weighted, reference_weighted, variance) -%}
    ({{ stat_mh_ratio(weighted, reference_weighted) }} * exp(-{{ stat_z() }} * {{ error }}))
{%- endmacro %}

{% macro stat_mh_ratio_upper(weighted, reference_weighted, variance) -%}
    {%- set error = stat_mh_ratio_error(weighted, reference_weighted, variance) -%}
    ({{ stat_mh_ratio(weighted, reference_weighted) }} * exp({{ stat_z() }} * {{ error }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_mh_ratio_error(weighted, reference_weighted, variance) -%}
    {{ safe_sqrt(safe_divide(variance, '(' ~ weighted ~ ') * (' ~ reference_weighted ~ ')')) }}
{%- endmacro %}

{% macro stat_mh_weighted(events, own, other) -%}
    {{ stat_mh_used('(' ~ events ~ ') * ' ~ safe_divide(other, '(' ~ own ~ ') + (' ~ other ~ ')'), own, other) }}
{%- endmacro %}

{% macro stat_mh_used(value, own, other) -%}
    {{ stable_sum('case when (' ~ own ~ ') > 0 and (' ~ other ~ ') > 0 then ' ~ value ~ ' end', decimals=17) }}
{%- endmacro %}
