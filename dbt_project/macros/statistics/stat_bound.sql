{#
Worst case under missing ethnicity of a group's value x / n, where an unknown person has the event or not, or only the
numerator moves. u unknown events; `moved`, what comes with them into the denominator; `eventless`, what the unknown
without an event bring.
Formula: lower x / (n + eventless); upper (x + u) / (n + moved). Bounds of a ratio: lower = lower of the group over
upper of the reference; upper = upper of the group over lower of the reference.
Source: C. F. Manski, Partial Identification of Probability Distributions, 2003.
Domain: x, n, u, moved, eventless >= 0. Moved: u in a likelihood (people with the event), 0 for residents and for a
share of everyone. NULL when the denominator is 0.
Sharp: no allotment of the unknown to any groups lies outside, and one attains both ends of a ratio, because whoever
raises the one side lowers the other: for a likelihood with x <= n, for residents and for shares. Where unknown people
bring events and time of their own, see `stat_bound_split_*`; over strata, `stat_bound_mh_*`. With `moved` 0 and all the
time of the unknown in eventless these limits hold for person-time too, without being sharp.
Leavers: an unknown person with the event who was no longer counted comes as one more person: `moved` is u, and
`stat_bound_eventless(U, c)` takes from the U unknown people counted the c of them with the event.
#}
{% macro stat_bound_lower(x, n, eventless) -%}
    {{ safe_divide(x, '(' ~ n ~ ') + (' ~ eventless ~ ')') }}
{%- endmacro %}

{% macro stat_bound_upper(x, n, u, moved) -%}
    {{ safe_divide('(' ~ x ~ ') + (' ~ u ~ ')', '(' ~ n ~ ') + (' ~ moved ~ ')') }}
{%- endmacro %}

{% macro stat_bound_eventless(unknown, with_event) -%}
    (case
        when ({{ unknown }}) > ({{ with_event }}) then ({{ unknown }}) - ({{ with_event }})
        when ({{ unknown }}) <= ({{ with_event }}) then 0
    end)
{%- endmacro %}
