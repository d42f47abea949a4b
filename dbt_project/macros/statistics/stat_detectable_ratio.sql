{#
The smallest true ratio above 1 that this much data would show with 80% probability in a two-sided test at 5%; its
inverse below 1.
Formula: exp((z_0.975 + z_0.80) error), error the standard error of the log ratio expected were both values equal.
Source: Machin and others, Sample Size Tables for Clinical Studies, on two proportions; logs as in `stat_risk_ratio`.
Domain: error > 0. The errors: of two risks sqrt((1 - p) / (p n1) + (1 - p) / (p n0)), p = (a + b) / (n1 + n0); of two
rates sqrt(1 / (r t1) + 1 / (r t0)), r = (a + b) / (t1 + t0); of a share among n people beside a fixed reference share
s, sqrt((1 - s) / (s n)). For events that cluster multiply the error by sqrt(squared events of a person / events). NULL
when there is no event, everybody has one, or a denominator is 0 or missing.
#}
{% macro stat_detectable_ratio(error) -%}
    exp(({{ stat_z() }} + 0.8416212335729143e0) * ({{ error }}))
{%- endmacro %}

{% macro stat_detectable_ratio_risk_error(a, n1, b, n0) -%}
    {%- set pooled = safe_divide('(' ~ a ~ ') + (' ~ b ~ ')', '(' ~ n1 ~ ') + (' ~ n0 ~ ')') -%}
    {{ stat_detectable_ratio_root(
        safe_divide('1e0 - ' ~ pooled, pooled) ~ ' * (' ~ safe_divide('1e0', n1) ~ ' + ' ~ safe_divide('1e0', n0) ~ ')'
    ) }}
{%- endmacro %}

{% macro stat_detectable_ratio_rate_error(a, t1, b, t0) -%}
    {%- set pooled = safe_divide('(' ~ a ~ ') + (' ~ b ~ ')', '(' ~ t1 ~ ') + (' ~ t0 ~ ')') -%}
    {{ stat_detectable_ratio_root(
        safe_divide('1e0', pooled ~ ' * (' ~ t1 ~ ')') ~ ' + ' ~ safe_divide('1e0', pooled ~ ' * (' ~ t0 ~ ')')
    ) }}
{%- endmacro %}

{% macro stat_detectable_ratio_share_error(n, reference_share) -%}
    {{ stat_detectable_ratio_root(
        safe_divide('1e0 - (' ~ reference_share ~ ')', '(' ~ reference_share ~ ') * (' ~ n ~ ')')
    ) }}
{%- endmacro %}

{# An error of 0 would promise that any ratio shows. #}
{% macro stat_detectable_ratio_root(variance) -%}
    (case when {{ variance }} > 0e0 then sqrt({{ variance }}) end)
{%- endmacro %}
