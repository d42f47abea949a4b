{#
Directly standardised rate (per one, no multiplier) and its 95% limits: an aggregate over the rows (strata) of a group
by, x events among n people and the weight of the stratum in the standard population.
Formula: rate sum(w x / n) / sum(w); variance sum(x (w / n)^2) / sum(w)^2; limits rate + sqrt(variance / O) (B - O), O
the events of all strata and B Byar's limit of O.
Source: the OHID technical guide for rates; Dobson and others, Statistics in Medicine 1991.
Domain: whole x >= 0, w >= 0. NULL under 10 events in all; NULL when a stratum with a weight has nobody (n is 0 or
missing) or no weight is given for a stratum. A stratum of weight 0 carries nothing, whatever it holds. x_sq, when
given, is the sum over people of squared events and takes the place of x in the variance: the limits then respect
repeated events.
#}
{% macro stat_dsr(x, n, weight) -%}
    {{ stat_dsr_when_defined(x, n, weight, x, stat_dsr_rate(x, n, weight)) }}
{%- endmacro %}

{% macro stat_dsr_variance(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_when_defined(x, n, weight, x_sq or x, stat_dsr_spread(x_sq or x, n, weight)) }}
{%- endmacro %}

{% macro stat_dsr_lower(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_limit(x, n, weight, x_sq, stat_byar_lower(stat_dsr_sum(x, weight))) }}
{%- endmacro %}

{% macro stat_dsr_upper(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_limit(x, n, weight, x_sq, stat_byar_upper(stat_dsr_sum(x, weight))) }}
{%- endmacro %}

{# A rate has no limit below 0, where few people in a stratum, or repeated events, may take the formula. #}
{% macro stat_dsr_limit(x, n, weight, x_sq, byar_limit) -%}
    {%- set events = stat_dsr_sum(x, weight) -%}
    {%- set step = 'sqrt(' ~ safe_divide(stat_dsr_spread(x_sq or x, n, weight), events) ~ ')' -%}
    {%- set limit = stat_dsr_rate(x, n, weight) ~ ' + ' ~ step ~ ' * (' ~ byar_limit ~ ' - ' ~ events ~ ')' -%}
    {{ stat_dsr_when_defined(x, n, weight, x_sq or x, 'greatest(0e0, ' ~ limit ~ ')') }}
{%- endmacro %}

{% macro stat_dsr_rate(x, n, weight) -%}
    {{ safe_divide(
        stat_dsr_sum('(' ~ x ~ ') * ' ~ safe_divide(weight, n), weight), stat_dsr_sum(weight, weight)
    ) }}
{%- endmacro %}

{% macro stat_dsr_spread(x_sq, n, weight) -%}
    {%- set share = safe_divide(weight, n) -%}
    {{ safe_divide(
        stat_dsr_sum('(' ~ x_sq ~ ') * ' ~ share ~ ' * ' ~ share, weight),
        'power(' ~ stat_dsr_sum(weight, weight) ~ ', 2e0)'
    ) }}
{%- endmacro %}

{% macro stat_dsr_when_defined(x, n, weight, x_sq, value) -%}
    {%- set whole = '(' ~ weight ~ ') > 0 and (' ~ n ~ ') > 0 and (' ~ x ~ ') >= 0 and (' ~ x_sq ~ ') >= 0' -%}
    (case
        when {{ stat_dsr_sum(x, weight) }} >= 10
            and min(case when ({{ weight }}) = 0 or ({{ whole }}) then 1 else 0 end) = 1
            then {{ value }}
    end)
{%- endmacro %}

{# Weights may be people or shares of 1: what is added up has 17 decimals. #}
{% macro stat_dsr_sum(value, weight) -%}
    {{ stable_sum('case when (' ~ weight ~ ') > 0 then ' ~ value ~ ' end', decimals=17) }}
{%- endmacro %}
