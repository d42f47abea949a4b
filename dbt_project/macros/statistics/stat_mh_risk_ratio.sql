{#
Mantel-Haenszel ratio of two proportions over strata, an aggregate over the rows (strata) of a group by: a of n1 people
in the group and b of n0 in the reference have the event. 95% limits by the log method.
Formula: ratio R / S, R = sum(a n0 / N), S = sum(b n1 / N), N = n1 + n0; limits ratio * exp(-/+ z se),
se^2 = sum(((a + b) n1 n0 - a b N) / N^2) / (R S).
Source: Greenland and Robins, Biometrics 1985. With one stratum both are those of `stat_risk_ratio`.
Domain: 0 <= a <= n1, 0 <= b <= n0. A stratum where n1 or n0 is 0 or missing carries nothing. The ratio is NULL when no
stratum is left or S is 0; the limits are NULL too when R is 0 or when everybody in a group has the event, as in
`stat_risk_ratio`. A person is taken to stand in one stratum: see `stat_mh_clustered`.
#}
{% macro stat_mh_risk_ratio(a, n1, b, n0) -%}
    {{ stat_mh_ratio(stat_mh_weighted(a, n1, n0), stat_mh_weighted(b, n0, n1)) }}
{%- endmacro %}

{% macro stat_mh_risk_ratio_lower(a, n1, b, n0) -%}
    {{ stat_mh_ratio_lower(
        stat_mh_weighted(a, n1, n0), stat_mh_weighted(b, n0, n1), stat_mh_risk_ratio_variance(a, n1, b, n0)
    ) }}
{%- endmacro %}

{% macro stat_mh_risk_ratio_upper(a, n1, b, n0) -%}
    {{ stat_mh_ratio_upper(
        stat_mh_weighted(a, n1, n0), stat_mh_weighted(b, n0, n1), stat_mh_risk_ratio_variance(a, n1, b, n0)
    ) }}
{%- endmacro %}

{# The variance of the log ratio times R S; the shares are taken before the products, which would outgrow whole numbers. #}
{% macro stat_mh_risk_ratio_variance(a, n1, b, n0) -%}
    {%- set total = '(' ~ n1 ~ ') + (' ~ n0 ~ ')' -%}
    {%- set term = (
        '((' ~ a ~ ') + (' ~ b ~ ')) * ' ~ safe_divide(n1, total) ~ ' * ' ~ safe_divide(n0, total)
        ~ ' - (' ~ a ~ ') * ' ~ safe_divide(b, total)
    ) -%}
    (case
        when {{ stat_mh_used(a, n1, n0) }} < {{ stat_mh_used(n1, n1, n0) }}
            and {{ stat_mh_used(b, n1, n0) }} < {{ stat_mh_used(n0, n1, n0) }}
            then {{ stat_mh_used(term, n1, n0) }}
    end)
{%- endmacro %}
