{#
What asking people for their ethnicity would gain.

Belongs here: how many must answer to reach a target, and by how much a range comes in when they do. Does not belong
here: who is asked (int_asking_person), and the bounds before and after (`missing_ethnicity.sql`).
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

{# By how much of itself a range becomes narrower: 1 - width after / width before; NULL when it had no width. #}
{% macro narrowing_share(lower, upper, lower_after, upper_after) -%}
    (1e0 - {{ safe_divide('(' ~ upper_after ~ ') - (' ~ lower_after ~ ')', '(' ~ upper ~ ') - (' ~ lower ~ ')') }})
{%- endmacro %}

{# A narrowing as it is told and ranked by: to a tenth of a percent, so that what nobody can see decides nothing. #}
{% macro narrowing_told(share) -%}
    round({{ share }}, 3)
{%- endmacro %}
