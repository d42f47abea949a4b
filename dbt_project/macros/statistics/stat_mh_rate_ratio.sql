{#
Mantel-Haenszel ratio of two rates over strata, an aggregate over the rows (strata) of a group by: a events in time t1
of the group, b in time t0 of the reference. 95% limits by the log method.
Formula: ratio R / S, R = sum(a t0 / T), S = sum(b t1 / T), T = t1 + t0; limits ratio * exp(-/+ z se), se^2 = sum((a +
b) t1 t0 / T^2) / (R S).
Source: Greenland and Robins, Biometrics 1985. With one stratum both are those of `stat_rate_ratio`.
Domain: a, b >= 0. A stratum where t1 or t0 is 0 or missing carries nothing. The ratio is NULL when no stratum is left
or S is 0; the limits are NULL too when R is 0. Events of one person are taken as independent: see `stat_mh_clustered`.
#}
{% macro stat_mh_rate_ratio(a, t1, b, t0) -%}
    {{ stat_mh_ratio(stat_mh_weighted(a, t1, t0), stat_mh_weighted(b, t0, t1)) }}
{%- endmacro %}

{% macro stat_mh_rate_ratio_lower(a, t1, b, t0) -%}
    {{ stat_mh_ratio_lower(
        stat_mh_weighted(a, t1, t0), stat_mh_weighted(b, t0, t1), stat_mh_rate_ratio_variance(a, t1, b, t0)
    ) }}
{%- endmacro %}

{% macro stat_mh_rate_ratio_upper(a, t1, b, t0) -%}
    {{ stat_mh_ratio_upper(
        stat_mh_weighted(a, t1, t0), stat_mh_weighted(b, t0, t1), stat_mh_rate_ratio_variance(a, t1, b, t0)
    ) }}
{%- endmacro %}

{# The variance of the log ratio times R S. #}
{% macro stat_mh_rate_ratio_variance(a, t1, b, t0) -%}
    {%- set total = '(' ~ t1 ~ ') + (' ~ t0 ~ ')' -%}
    {%- set term = '((' ~ a ~ ') + (' ~ b ~ ')) * ' ~ safe_divide(t1, total) ~ ' * ' ~ safe_divide(t0, total) -%}
    {{ stat_mh_used(term, t1, t0) }}
{%- endmacro %}
