{#
Directly standardised rate (per one, no multiplier) and its 95% limits: an aggregate over the rows (strata) of a group
by, x events among n people and the weight of the stratum in the standard population.
Formula: rate sum(w x / n) / sum(w); variance sum(x (w / n)^2) / sum(w)^2; limits rate + sqrt(variance / O) (B - O), O
the events of all strata and B Byar's limit of O.
Source: the OHID technical guide for rates; Dobson and others, Statistics in Medicine 1991.
Domain: whole x >= 0, w >= 0. NULL under 10 events in all; NULL when a stratum with a weight has nobody (n is 0 or
missing) or no weight is given for a stratum. A stratum of weight 0 carries nothing, whatever it holds. x_sq, when
given, is the sum over people of squared events and takes the place of x in the variance: the limits then respect
repeated events. A model with many rates makes columns of the sums first (`stat_mh_ratio` says why) and gives them to
`stat_dsr_rate`, `stat_dsr_spread` and `stat_dsr_limit`.
#}
{% macro stat_dsr(x, n, weight) -%}
    {{ stat_dsr_rate(
        stat_dsr_events(x, weight), stat_dsr_weighted(x, n, weight), stat_dsr_total(weight),
        stat_dsr_is_whole(x, n, weight)
    ) }}
{%- endmacro %}

{% macro stat_dsr_variance(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_spread(
        stat_dsr_events(x, weight), stat_dsr_squared(x_sq or x, n, weight), stat_dsr_total(weight),
        stat_dsr_is_whole(x, n, weight, x_sq)
    ) }}
{%- endmacro %}

{% macro stat_dsr_lower(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_limit(
        'lower', stat_dsr_events(x, weight), stat_dsr_weighted(x, n, weight),
        stat_dsr_squared(x_sq or x, n, weight), stat_dsr_total(weight), stat_dsr_is_whole(x, n, weight, x_sq)
    ) }}
{%- endmacro %}

{% macro stat_dsr_upper(x, n, weight, x_sq=none) -%}
    {{ stat_dsr_limit(
        'upper', stat_dsr_events(x, weight), stat_dsr_weighted(x, n, weight),
        stat_dsr_squared(x_sq or x, n, weight), stat_dsr_total(weight), stat_dsr_is_whole(x, n, weight, x_sq)
    ) }}
{%- endmacro %}

{# The rate, from the sums below. #}
{% macro stat_dsr_rate(events, weighted, total, is_whole) -%}
    (case when {{ events }} >= 10 and {{ is_whole }} then {{ safe_divide(weighted, total) }} end)
{%- endmacro %}

{# Its variance. #}
{% macro stat_dsr_spread(events, squared, total, is_whole) -%}
    (case
        when {{ events }} >= 10 and {{ is_whole }} then {{ safe_divide(squared, 'power(' ~ total ~ ', 2e0)') }}
    end)
{%- endmacro %}

{# A limit; a rate has none below 0, where few people in a stratum, or repeated events, may take the formula. #}
{% macro stat_dsr_limit(side, events, weighted, squared, total, is_whole) -%}
    {%- set byar = stat_byar_lower(events) if side == 'lower' else stat_byar_upper(events) -%}
    {%- set spread = safe_divide(squared, 'power(' ~ total ~ ', 2e0)') -%}
    {%- set step = 'sqrt(' ~ safe_divide(spread, events) ~ ')' -%}
    (case
        when {{ events }} >= 10 and {{ is_whole }}
            then greatest(0e0, {{ safe_divide(weighted, total) }} + {{ step }} * ({{ byar }} - {{ events }}))
    end)
{%- endmacro %}

{# The sums: events, events and squared events weighted, weights; and whether every stratum with a weight has people. #}
{% macro stat_dsr_events(x, weight) -%}
    {{ stat_dsr_sum(x, weight) }}
{%- endmacro %}

{% macro stat_dsr_weighted(x, n, weight) -%}
    {{ stat_dsr_sum('(' ~ x ~ ') * ' ~ safe_divide(weight, n), weight) }}
{%- endmacro %}

{% macro stat_dsr_squared(x_sq, n, weight) -%}
    {%- set share = safe_divide(weight, n) -%}
    {{ stat_dsr_sum('(' ~ x_sq ~ ') * ' ~ share ~ ' * ' ~ share, weight) }}
{%- endmacro %}

{% macro stat_dsr_total(weight) -%}
    {{ stat_dsr_sum(weight, weight) }}
{%- endmacro %}

{% macro stat_dsr_is_whole(x, n, weight, x_sq=none) -%}
    {%- set counts = '(' ~ x ~ ') >= 0 and (' ~ (x_sq or x) ~ ') >= 0' -%}
    {%- set whole = '(' ~ weight ~ ') > 0 and (' ~ n ~ ') > 0 and ' ~ counts -%}
    (min(case when ({{ weight }}) = 0 or ({{ whole }}) then 1 else 0 end) = 1)
{%- endmacro %}

{# Weights may be people or shares of 1: what is added up has 17 decimals. #}
{% macro stat_dsr_sum(value, weight) -%}
    {{ stable_sum('case when (' ~ weight ~ ') > 0 then ' ~ value ~ ' end', decimals=17) }}
{%- endmacro %}
