{#
Cohen's kappa: agreement of two readings of the same people beyond what their mixes alone would give. An aggregate over
one row per category: `agree` people both put there, `here` and `there` people either puts there.
Formula: (p - e) / (1 - e), p = sum(agree) / n, e = sum(here * there) / n^2, n = sum(here) = sum(there); written with
whole numbers as (n sum(agree) - c) / (n^2 - c), c = sum(here * there).
Source: J. Cohen, Educational and Psychological Measurement 1960.
Domain: 0 <= agree <= least(here, there) in every category, the same people on both sides, up to 90 million of them.
Undefined without people and where the expected agreement is 1, both sides naming one and the same category only: NULL.
#}
{% macro stat_kappa(agree, here, there) -%}
    {%- set people = 'cast(sum(' ~ here ~ ') as double)' -%}
    {%- set agreed = 'cast(sum(' ~ agree ~ ') as double)' -%}
    {%- set by_chance = 'sum(cast(' ~ here ~ ' as double) * cast(' ~ there ~ ' as double))' -%}
    {{ safe_divide(
        people ~ ' * ' ~ agreed ~ ' - ' ~ by_chance, people ~ ' * ' ~ people ~ ' - ' ~ by_chance
    ) }}
{%- endmacro %}
