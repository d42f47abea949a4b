{#
The sums of a Mantel-Haenszel ratio over strata: events of one side, each stratum weighted by the other side's share of
the people (or the time), and any sum over the strata that hold both sides.
Formula: weighted sum(events other / (own + other)): R of the group, S of the reference.
Source: Mantel and Haenszel, Journal of the National Cancer Institute 1959.
Domain: events >= 0. A stratum where a side has nobody, or is missing, carries nothing. NULL when no stratum is left.
#}
{% macro stat_mh_weighted(events, own, other) -%}
    {{ stat_mh_used('(' ~ events ~ ') * ' ~ safe_divide(other, '(' ~ own ~ ') + (' ~ other ~ ')'), own, other) }}
{%- endmacro %}

{% macro stat_mh_used(value, own, other) -%}
    {{ stable_sum('case when (' ~ own ~ ') > 0 and (' ~ other ~ ') > 0 then ' ~ value ~ ' end', decimals=17) }}
{%- endmacro %}
