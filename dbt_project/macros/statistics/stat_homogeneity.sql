{#
Do the strata agree? The p-value of Cochran's Q over the log ratios of the strata: an aggregate over the rows (strata)
of a group by. A small p says that one common ratio hides strata that differ.
Formula: Q = sum(w l^2) - sum(w l)^2 / sum(w), w = 1 / error^2; p = P(chi-square with k - 1 degrees > Q), k usable
strata.
Source: W. G. Cochran, Biometrics 1954; the tail is `stat_chi_square_tail`.
Domain: log ratios with their standard errors, of at least a thousandth. A stratum without a log ratio or an error is
not used: NULL with fewer than two usable strata.
#}
{% macro stat_homogeneity(log_ratio, error) -%}
    (case when {{ stat_homogeneity_degrees(log_ratio, error) }} >= 1 then {{ stat_chi_square_tail(
        stat_homogeneity_statistic(log_ratio, error), stat_homogeneity_degrees(log_ratio, error)
    ) }} end)
{%- endmacro %}

{# Q; agreement to the last digit may leave it a rounding error below 0. #}
{% macro stat_homogeneity_statistic(log_ratio, error) -%}
    {%- set weight = safe_divide('1e0', 'power(' ~ error ~ ', 2e0)') -%}
    abs({{ stable_sum(weight ~ ' * power(' ~ log_ratio ~ ', 2e0)') }} - {{ safe_divide(
        'power(' ~ stable_sum(weight ~ ' * (' ~ log_ratio ~ ')') ~ ', 2e0)',
        stable_sum('case when (' ~ log_ratio ~ ') is not null then ' ~ weight ~ ' end')
    ) }})
{%- endmacro %}

{# Usable strata less one. #}
{% macro stat_homogeneity_degrees(log_ratio, error) -%}
    (count(({{ log_ratio }}) * {{ safe_divide('1e0', error) }}) - 1)
{%- endmacro %}
