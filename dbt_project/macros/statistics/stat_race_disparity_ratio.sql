{#
Race disparity ratio between two tiers of the workforce, with 95% limits: how many White staff stand in the upper tier
for each one in the lower, over the same of minority ethnic staff. w_low, w_up: White staff in the lower and in the
upper tier; b_low, b_up: minority ethnic staff. 1 is parity, above 1 White staff are likelier to be in the upper tier.
Formula: (w_up / w_low) / (b_up / b_low), `stat_rate_ratio` with the lower tiers below the line; limits ratio *
exp(-/+ z se), se = sqrt(1/w_low + 1/w_up + 1/b_low + 1/b_up). Over three tiers the ratios multiply: lower to upper is
lower to middle times middle to upper.
Source: the WRES Race Disparity Ratio of NHS England; it is the odds ratio of a two by two table, limits by B. Woolf,
Annals of Human Genetics 1955.
Domain: counts >= 0; people of unknown ethnicity in none of them. NULL when w_low, b_low or b_up is 0, or anything is
missing. With w_up = 0 the ratio is 0 and both limits are NULL: no half is added to an empty cell. A ratio of stocks
is no chance of promotion: recruitment into the lower tier raises it with no change in fairness.
#}
{% macro stat_race_disparity_ratio(w_low, w_up, b_low, b_up) -%}
    {{ stat_rate_ratio(w_up, w_low, b_up, b_low) }}
{%- endmacro %}

{% macro stat_race_disparity_ratio_lower(w_low, w_up, b_low, b_up) -%}
    ({{ stat_race_disparity_ratio(w_low, w_up, b_low, b_up) }}
        * exp(-{{ stat_z() }} * {{ stat_race_disparity_ratio_error(w_low, w_up, b_low, b_up) }}))
{%- endmacro %}

{% macro stat_race_disparity_ratio_upper(w_low, w_up, b_low, b_up) -%}
    ({{ stat_race_disparity_ratio(w_low, w_up, b_low, b_up) }}
        * exp({{ stat_z() }} * {{ stat_race_disparity_ratio_error(w_low, w_up, b_low, b_up) }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_race_disparity_ratio_error(w_low, w_up, b_low, b_up) -%}
    {{ safe_sqrt(
        safe_divide('1e0', w_low) ~ ' + ' ~ safe_divide('1e0', w_up) ~ ' + '
        ~ safe_divide('1e0', b_low) ~ ' + ' ~ safe_divide('1e0', b_up)
    ) }}
{%- endmacro %}
