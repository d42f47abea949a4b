{#
Ratio of two proportions, (a / n1) / (b / n0), with 95% limits by the log method.
Formula: limits ratio * exp(-/+ z se), se = sqrt(1/a - 1/n1 + 1/b - 1/n0).
Source: Katz and others, 1978.
Domain: 0 <= a <= n1, 0 <= b <= n0. The ratio is NULL when n1, n0 or b is 0. With a = 0 the ratio is 0 and both limits
are NULL: no half is added to an empty cell, because the answer would depend on what was added. The limits are NULL too
when everybody in a group has the event (a = n1 or b = n0): the method would then give that group no error at all.
#}
{% macro stat_risk_ratio(a, n1, b, n0) -%}
    {{ safe_divide(safe_divide(a, n1), safe_divide(b, n0)) }}
{%- endmacro %}

{% macro stat_risk_ratio_lower(a, n1, b, n0) -%}
    ({{ stat_risk_ratio(a, n1, b, n0) }} * exp(-{{ stat_z() }} * {{ stat_risk_ratio_error(a, n1, b, n0) }}))
{%- endmacro %}

{% macro stat_risk_ratio_upper(a, n1, b, n0) -%}
    ({{ stat_risk_ratio(a, n1, b, n0) }} * exp({{ stat_z() }} * {{ stat_risk_ratio_error(a, n1, b, n0) }}))
{%- endmacro %}

{# Standard error of the log ratio; NULL when a cell, or its complement, is empty. #}
{% macro stat_risk_ratio_error(a, n1, b, n0) -%}
    (case
        when ({{ a }}) < ({{ n1 }}) and ({{ b }}) < ({{ n0 }})
            then {{ safe_sqrt(
                safe_divide('1e0', a) ~ ' - ' ~ safe_divide('1e0', n1) ~ ' + '
                ~ safe_divide('1e0', b) ~ ' - ' ~ safe_divide('1e0', n0)
            ) }}
    end)
{%- endmacro %}
