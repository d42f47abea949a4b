{#
Standard error of the log of a ratio of two estimates (means, medians) that are known by their 95% limits and by the
number of people behind them.
Formula: s = ln(upper / lower) / (2 z) of each side; spread c = people s^2, what one person adds; error^2 = sum over the
sides of k max(c, b) / people, b = sum(people c) / sum(people) the spread of both together, k =
`stat_clustered_factor(people)`. Limits of the ratio are ratio * exp(-/+ z error).
Source: the log method; the maximum as in `stat_clustered_rate_ratio`, so that a small group whose few people happen to
be alike is not taken for surer than both together: without it a skewed mean of 30 people is called too low in 4% to 5%
of null tables in place of 2.5%; proved by simulation in tests/integration/test_engine_estimates.py.
Domain: 0 < lower <= upper. NULL when a limit is missing or not above 0, when a side has nobody, or nothing varies.
#}
{% macro stat_estimate_ratio_error(lower, upper, people, other_lower, other_upper, other_people) -%}
    {%- set own = stat_estimate_ratio_spread(lower, upper, people) -%}
    {%- set other = stat_estimate_ratio_spread(other_lower, other_upper, other_people) -%}
    {%- set both = safe_divide(
        '(' ~ people ~ ') * ' ~ own ~ ' + (' ~ other_people ~ ') * ' ~ other,
        '(' ~ people ~ ') + (' ~ other_people ~ ')'
    ) -%}
    nullif({{ safe_sqrt(
        stat_estimate_ratio_part(own, both, people) ~ ' + ' ~ stat_estimate_ratio_part(other, both, other_people)
    ) }}, 0e0)
{%- endmacro %}

{% macro stat_estimate_ratio_spread(lower, upper, people) -%}
    ({{ people }}) * power({{ safe_divide(safe_ln(safe_divide(upper, lower)), '2e0 * ' ~ stat_z()) }}, 2e0)
{%- endmacro %}

{# `greatest` would pass over what is missing. #}
{% macro stat_estimate_ratio_part(spread, both, people) -%}
    {{ stat_clustered_factor(people) }} * {{ safe_divide(
        'case when ' ~ spread ~ ' < ' ~ both ~ ' then ' ~ both ~ ' when ' ~ spread ~ ' >= ' ~ both ~ ' then ' ~ spread ~ ' end',
        people
    ) }}
{%- endmacro %}
