{#
95% limits of a ratio of two rates, (a / t1) / (b / t0), whose events cluster in people: a_sq is the sum over people of
their squared events, a_people the number of people with an event; b_sq and b_people those of the reference.
Formula: ratio * exp(-/+ z se), se^2 = k_a d_a / a + k_b d_b / b; design d_a = max(a_sq / a, (a_sq + b_sq) / (a + b)),
so that a small group is not taken to cluster less than both together; k_a = `stat_clustered_factor(a_people)`.
Source: the log method of Rothman, Modern Epidemiology, with the variance of clustered counts; the maximum and k are
ours, proved by simulation in tests/unit/test_statistics_null.py: with Poisson limits a null difference is found 19% of
the time.
Domain: a_sq >= a >= a_people >= 0, t1, t0 > 0. NULL when a or b is 0 (no half is added), or anything is missing. With
many people of one event each the limits are those of `stat_rate_ratio`. The ratio itself is `stat_rate_ratio`.
#}
{% macro stat_clustered_rate_ratio_lower(a, a_sq, a_people, t1, b, b_sq, b_people, t0) -%}
    ({{ stat_rate_ratio(a, t1, b, t0) }} * exp(
        -{{ stat_z() }} * {{ stat_clustered_rate_ratio_error(a, a_sq, a_people, b, b_sq, b_people) }}
    ))
{%- endmacro %}

{% macro stat_clustered_rate_ratio_upper(a, a_sq, a_people, t1, b, b_sq, b_people, t0) -%}
    ({{ stat_rate_ratio(a, t1, b, t0) }} * exp(
        {{ stat_z() }} * {{ stat_clustered_rate_ratio_error(a, a_sq, a_people, b, b_sq, b_people) }}
    ))
{%- endmacro %}

{# Standard error of the log ratio; an error of 0 is none. #}
{% macro stat_clustered_rate_ratio_error(a, a_sq, a_people, b, b_sq, b_people) -%}
    {%- set both = safe_divide('(' ~ a_sq ~ ') + (' ~ b_sq ~ ')', '(' ~ a ~ ') + (' ~ b ~ ')') -%}
    nullif({{ safe_sqrt(
        stat_clustered_rate_ratio_part(a, a_sq, a_people, both) ~ ' + '
        ~ stat_clustered_rate_ratio_part(b, b_sq, b_people, both)
    ) }}, 0e0)
{%- endmacro %}

{# Variance of the log of one count; `greatest` would pass over what is missing. #}
{% macro stat_clustered_rate_ratio_part(x, x_sq, people, both) -%}
    {%- set own = safe_divide(x_sq, x) -%}
    {%- set design = own ~ ' when ' ~ own ~ ' < ' ~ both ~ ' then ' ~ both -%}
    {{ stat_clustered_factor(people) }}
    * {{ safe_divide('case when ' ~ own ~ ' >= ' ~ both ~ ' then ' ~ design ~ ' end', x) }}
{%- endmacro %}
