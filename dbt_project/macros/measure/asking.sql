{#
What asking people for their ethnicity would gain.

Belongs here: how many must answer to reach a target, and how far the bounds of a ratio come in when some do. Does not
belong here: who is asked (int_asking_person), and the bounds themselves (`stat_bound_*`).
#}

{# Months of the run that the asking plan shows, the last ones. #}
{% macro asking_months() -%}
    {{ return(13) }}
{%- endmacro %}

{#
How many more of `people` must be known for the share of the known to reach `target`, BIGINT.
Formula: greatest(0, ceil(target x people) - known).
Domain: 0 <= known <= people < 1e5, target of up to four decimals. A product of the two that is whole in decimals may
come out above it in binary by less than 1e-9, which is taken off first: 0.55 x 100 is 55, not 56.
NULL when any is NULL.
#}
{% macro people_to_reach(target, people, known) -%}
    {%- set needed = 'ceil(cast(' ~ target ~ ' as double) * (' ~ people ~ ') - 1e-9) - (' ~ known ~ ')' -%}
    (case
        when {{ needed }} > 0 then cast({{ needed }} as bigint)
        when {{ needed }} <= 0 then cast(0 as bigint)
    end)
{%- endmacro %}

{#
A bound of a ratio under missing ethnicity, once `asked` of the `unknown` events are known and turn out split as the
known are.
Formula: ratio + (bound - ratio) x (1 - asked / unknown): the range comes in towards the ratio in proportion to the
unknown events that are left. The ratio of a rate or likelihood stays, for they are split as the known.
Domain: 0 <= asked <= unknown, unknown > 0; upper bound >= ratio >= lower bound, in either direction of the ratio. NULL
when a bound, the ratio or a count is NULL, or unknown is 0.
Error: none at either end, where nobody or everybody is known. Between them, for residents, with s = asked / unknown of
U unknown events, K known ones of all groups and w of the reference: the distance of the upper bound from the ratio is
1 + s U / K times the exact one, so that the range is never promised too narrow above; that of the lower bound is
1 - s U (K - w) / (K (w + U)) times the exact one, too narrow by less than a part U / (w + U) of itself. (With the ratio
turned round the two ends change places.) By formula: the exact bounds are those of `stat_bound_*` for b + s U b / K and
w + s U w / K events and (1 - s) U unknown. Of a likelihood and of a rate over people's own time it is the most that can
be gained: the unknown without the event are taken to become known in the same proportion, and where only the people
asked do, a likelihood gains about half of it. In a share the unknown stay in the denominator, so that its ratio moves
too, by at most as much as the nearer bound does: the width is right, both ends lie a little low.
Source: the algebra is ours; held against the exact bounds in tests/unit/test_asking_macros.py.
#}
{% macro bound_after_asking(ratio, bound, asked, unknown) -%}
    (({{ ratio }}) + (({{ bound }}) - ({{ ratio }})) * (1e0 - {{ safe_divide(asked, unknown) }}))
{%- endmacro %}

{# By how much of itself a range becomes narrower: 1 - width after / width before; NULL when it had no width. #}
{% macro narrowing_share(lower, upper, lower_after, upper_after) -%}
    (1e0 - {{ safe_divide('(' ~ upper_after ~ ') - (' ~ lower_after ~ ')', '(' ~ upper ~ ') - (' ~ lower ~ ')') }})
{%- endmacro %}
