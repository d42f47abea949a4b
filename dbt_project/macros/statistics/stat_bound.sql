{#
Worst case of one group's value x / n under missing ethnicity. u unknown events; `moved`, what comes with them into the
denominator; `eventless`, what the unknown without an event bring.
Formula: lower x / (n + eventless); upper (x + u) / (n + moved). Bounds of a ratio: lower = lower of the group over
upper of the reference; upper = upper of the group over lower of the reference.
Source: domain, Decisions 2; C. F. Manski, Partial Identification of Probability Distributions, 2003.
Domain: x, n, u, moved, eventless >= 0. Moved: u in a likelihood (people with the event), the time of the unknown people
with events in a rate over their time, 0 for residents and for a share of everyone. NULL when the denominator is 0.
Sharp (no allotment of the unknown to any groups lies outside, one attains it; one attains the bounds of a ratio too)
for a likelihood with x <= n, for residents and for shares; for person-time when every unknown person with events has a
higher rate than the upper value. Where one has a lower rate, some allotment may lie outside: `moved` 0, and in
eventless the time of all the unknown, then give limits that hold without being sharp.
Adjusted (aggregates over strata): sum(w upper of the group) / sum(w lower of the reference), w = n1 n0 / (n1 + n0) of
the known, and the other way round. Without unknown that is the Mantel-Haenszel ratio. The weights stay those of the
known: a Mantel-Haenszel ratio of the strata's worst cases is no bound where denominators move, because its weights
move.
Leavers: of U unknown people, u > U may have the event, who were no longer counted. Each counts as one more person: U :=
max(U, u), so that `stat_bound_eventless(U, u)` is never negative.
#}
{% macro stat_bound_lower(x, n, eventless) -%}
    {{ safe_divide(x, '(' ~ n ~ ') + (' ~ eventless ~ ')') }}
{%- endmacro %}

{% macro stat_bound_upper(x, n, u, moved) -%}
    {{ safe_divide('(' ~ x ~ ') + (' ~ u ~ ')', '(' ~ n ~ ') + (' ~ moved ~ ')') }}
{%- endmacro %}

{# Unknown people without the event, of `unknown` people of whom u have it. #}
{% macro stat_bound_eventless(unknown, u) -%}
    (case
        when ({{ unknown }}) > ({{ u }}) then ({{ unknown }}) - ({{ u }})
        when ({{ unknown }}) <= ({{ u }}) then 0
    end)
{%- endmacro %}

{# Bounds of a ratio over strata; u, moved and eventless are those of the stratum. #}
{% macro stat_bound_adjusted_lower(a, n1, b, n0, u, moved, eventless) -%}
    {{ safe_divide(
        stat_bound_adjusted_sum(stat_bound_lower(a, n1, eventless), n1, n0),
        stat_bound_adjusted_sum(stat_bound_upper(b, n0, u, moved), n1, n0)
    ) }}
{%- endmacro %}

{% macro stat_bound_adjusted_upper(a, n1, b, n0, u, moved, eventless) -%}
    {{ safe_divide(
        stat_bound_adjusted_sum(stat_bound_upper(a, n1, u, moved), n1, n0),
        stat_bound_adjusted_sum(stat_bound_lower(b, n0, eventless), n1, n0)
    ) }}
{%- endmacro %}

{% macro stat_bound_adjusted_sum(value, n1, n0) -%}
    {{ stat_mh_used(
        '(' ~ n1 ~ ') * ' ~ safe_divide(n0, '(' ~ n1 ~ ') + (' ~ n0 ~ ')') ~ ' * ' ~ value, n1, n0
    ) }}
{%- endmacro %}
