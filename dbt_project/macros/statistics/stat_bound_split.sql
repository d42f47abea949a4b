{#
Bounds of a ratio of two values under missing ethnicity where each unknown person brings events and time of their own
(or observations): an aggregate over the ways to split the unknown, sorted by their own rate, in two. One row is a split
and the next: `own` and `other` are the values of the group and of the reference after the first k, `own_next` and
`other_next` after the first k + 1. For the upper bound the first k go to the group and the rest to the reference; for
the lower bound the first k go to the reference. `elsewhere`: the unknown may also belong to neither.
Formula: upper max(own / other) over the splits; with elsewhere max(own) / min(other), each side by its own best split,
if that is at least 1. Lower the mirror: min(own / other), with elsewhere min(own) / max(other) if that is at most 1.
Source: the algebra is ours: moving part s of a person from one side to the other,
(A + s e)(C - s t) - L (B - s e)(D + s t) has second derivative 2 e t (L - 1) in s, so that for a ratio L >= 1 whole
people do best, and its slope by rate puts the higher rates on one side; nobody is best left out unless the ratio is at
least 1, and then the sides do not compete for a person. Checked against every allotment in
tests/unit/test_statistics_unknown.py.
Sharp where the upper bound is at least 1 and the lower at most 1. Beyond that part of a person could do better than any
whole one; then the bound lets one person count on both sides, is not narrower than any allotment, and is no further
than 1. Where nobody counts on both sides (`own_next` is own, `other_next` other: single observations of a median) it is
sharp too.
Domain: values >= 0. A split in which a value is not defined is passed over. Upper NULL when the reference may be left
without events; either NULL when no split is defined.
#}
{% macro stat_bound_split_upper(own, other, own_next, other_next, elsewhere) -%}
    {%- set highest = 'max(greatest(' ~ safe_divide(own, other) ~ ', ' ~ safe_divide(own_next, other_next) ~ '))' -%}
    {%- set most = 'max(greatest(' ~ own ~ ', ' ~ own_next ~ '))' -%}
    {%- set least = 'min(least(' ~ other ~ ', ' ~ other_next ~ '))' -%}
    {%- set both = safe_divide('greatest(' ~ own ~ ', ' ~ own_next ~ ')', 'least(' ~ other ~ ', ' ~ other_next ~ ')') -%}
    (case
        when {{ least }} = 0e0 then cast(null as double)
        when max({{ elsewhere }}) and {{ most }} > {{ least }} then {{ safe_divide(most, least) }}
        when {{ highest }} >= 1e0 then {{ highest }}
        when {{ highest }} < 1e0 then least(max({{ both }}), 1e0)
    end)
{%- endmacro %}

{% macro stat_bound_split_lower(own, other, own_next, other_next, elsewhere) -%}
    {%- set lowest = 'min(least(' ~ safe_divide(own, other) ~ ', ' ~ safe_divide(own_next, other_next) ~ '))' -%}
    {%- set least = 'min(least(' ~ own ~ ', ' ~ own_next ~ '))' -%}
    {%- set most = 'max(greatest(' ~ other ~ ', ' ~ other_next ~ '))' -%}
    {%- set both = safe_divide('least(' ~ own ~ ', ' ~ own_next ~ ')', 'greatest(' ~ other ~ ', ' ~ other_next ~ ')') -%}
    (case
        when max({{ elsewhere }}) and {{ least }} < {{ most }} then {{ safe_divide(least, most) }}
        when {{ lowest }} <= 1e0 then {{ lowest }}
        when {{ lowest }} > 1e0 then greatest(min({{ both }}), 1e0)
    end)
{%- endmacro %}
