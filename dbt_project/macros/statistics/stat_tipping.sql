{#
Tipping point: the smallest share of the u unknown people (or events) who would have to belong to the side with the
lower value to bring the ratio to 1.
Formula: whole people k over u. Risk: they join numerator and denominator of the lower side x / n, the other side being
y / m: smallest whole k with (x + k) / (n + k) >= y / m, k = ceil((y n - x m) / (m - y)). Rate: they join the numerator
only: k = ceil((y t - x s) / s), t and s the times of the lower and of the other side. Share of a whole that holds the
unknown already: k = ceil(gap), gap the people the group lacks. Linear, for adjusted estimates, the same share of the
unknown of every stratum: gap / movable, gap the weighted events that the lower side lacks, movable what all the unknown
would add to it.
Source: the algebra is ours, checked against trying every k.
Domain: 0 <= a <= n1, 0 <= b <= n0 (risk); a, b >= 0, times > 0 (rate); u whole. Equal values give 0; whole numbers
below 2^53 / n give the exact k. NULL when even all u are too few, when u is 0, or when a denominator is 0 or missing.
Zero counts are allowed.
#}
{% macro stat_tipping_risk(a, n1, b, n0, u) -%}
    (case
        when {{ stat_tipping_is_lower(a, n1, b, n0) }} then {{ stat_tipping_risk_share(a, n1, b, n0, u) }}
        else {{ stat_tipping_risk_share(b, n0, a, n1, u) }}
    end)
{%- endmacro %}

{% macro stat_tipping_rate(a, t1, b, t0, u) -%}
    (case
        when {{ stat_tipping_is_lower(a, t1, b, t0) }} then {{ stat_tipping_rate_share(a, t1, b, t0, u) }}
        else {{ stat_tipping_rate_share(b, t0, a, t1, u) }}
    end)
{%- endmacro %}

{% macro stat_tipping_share(gap, u) -%}
    {%- set people = 'ceil(' ~ gap ~ ' - 1e-9)' -%}
    (case
        when ({{ u }}) > 0 and ({{ gap }}) <= 0 then 0e0
        when ({{ u }}) > 0 and {{ people }} <= ({{ u }}) then {{ safe_divide(people, u) }}
    end)
{%- endmacro %}

{% macro stat_tipping_linear(gap, movable) -%}
    (case
        when ({{ movable }}) > 0 and ({{ gap }}) <= 0 then 0e0
        when ({{ movable }}) > 0 and ({{ gap }}) <= ({{ movable }}) then {{ safe_divide(gap, movable) }}
    end)
{%- endmacro %}

{# The group's value is the lower one; compared without dividing, so that equal shares are equal. #}
{% macro stat_tipping_is_lower(a, n1, b, n0) -%}
    cast({{ a }} as double) * ({{ n0 }}) < cast({{ b }} as double) * ({{ n1 }})
{%- endmacro %}

{# Of two equal values, both 1 perhaps, none needs anybody. #}
{% macro stat_tipping_risk_share(x, n, y, m, u) -%}
    {%- set lack = 'cast(' ~ y ~ ' as double) * (' ~ n ~ ') - cast(' ~ x ~ ' as double) * (' ~ m ~ ')' -%}
    {%- set people = 'ceil(' ~ safe_divide(lack, '(' ~ m ~ ') - (' ~ y ~ ')') ~ ')' -%}
    (case
        when ({{ n }}) > 0 and ({{ m }}) > 0 and {{ lack }} = 0e0 and ({{ u }}) > 0 then 0e0
        when ({{ n }}) > 0 and ({{ m }}) > 0 and {{ people }} <= ({{ u }}) then {{ safe_divide(people, u) }}
    end)
{%- endmacro %}

{# A billionth less, because a time such as a twelfth of a year is not exact. #}
{% macro stat_tipping_rate_share(x, t, y, s, u) -%}
    {%- set lack = 'cast(' ~ y ~ ' as double) * (' ~ t ~ ') - cast(' ~ x ~ ' as double) * (' ~ s ~ ')' -%}
    {%- set events = 'abs(ceil(' ~ safe_divide(lack, s) ~ ' - 1e-9))' -%}
    (case when ({{ t }}) > 0 and ({{ s }}) > 0 and {{ events }} <= ({{ u }}) then {{ safe_divide(events, u) }} end)
{%- endmacro %}
