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
    {{ safe_divide(stat_mh_weighted(a, t1, t0), stat_mh_weighted(b, t0, t1)) }}
{%- endmacro %}

{% macro stat_mh_rate_ratio_lower(a, t1, b, t0) -%}
    ({{ stat_mh_rate_ratio(a, t1, b, t0) }} * exp(-{{ stat_z() }} * {{ stat_mh_rate_ratio_error(a, t1, b, t0) }}))
{%- endmacro %}

{% macro stat_mh_rate_ratio_upper(a, t1, b, t0) -%}
    ({{ stat_mh_rate_ratio(a, t1, b, t0) }} * exp({{ stat_z() }} * {{ stat_mh_rate_ratio_error(a, t1, b, t0) }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_mh_rate_ratio_error(a, t1, b, t0) -%}
    {%- set total = '(' ~ t1 ~ ') + (' ~ t0 ~ ')' -%}
    {%- set term = '((' ~ a ~ ') + (' ~ b ~ ')) * ' ~ safe_divide(t1, total) ~ ' * ' ~ safe_divide(t0, total) -%}
    {{ safe_sqrt(safe_divide(
        stat_mh_used(term, t1, t0), stat_mh_weighted(a, t1, t0) ~ ' * ' ~ stat_mh_weighted(b, t0, t1)
    )) }}
{%- endmacro %}
