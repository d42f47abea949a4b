{#
Upper tail of chi-square with df degrees of freedom, P(X > x).
Formula: df 1: 2 P(Z > sqrt x); df 2: exp(-x / 2); df 3 and 4: those plus sqrt(2 x / pi) exp(-x / 2) and
(x / 2) exp(-x / 2). Above: P(Z > (L - m) / sqrt v), L = s - s^2 / 2 + s^3 / 3, s = (x / df)^(1/6), and with c = 1 / df
m = 5/6 - c/9 - 7c^2/648 + 25c^3/2187, v = c/18 + c^2/162 - 37c^3/11664.
Source: Abramowitz and Stegun 26.4.4 and 26.4.5; L. Canal, Computational Statistics and Data Analysis 2005. Error: up to
df 4 that of `stat_normal_tail`; above, below 0.0003, and below 3% of any p of a millionth or more.
Domain: x >= 0, whole df >= 1. Anything else is NULL. The arguments are written out many times: pass columns, for a
model with many rows `stat_chi_square_tail_deviate` among them.
#}
{% macro stat_chi_square_tail(x, df, deviate=none) -%}
    {%- set half = safe_divide(x, '2e0') -%}
    (case
        when ({{ x }}) < 0 or ({{ df }}) < 1 then cast(null as double)
        when ({{ df }}) = 2 then exp(-{{ half }})
        when ({{ df }}) = 4 then (1e0 + {{ half }}) * exp(-{{ half }})
        else case when ({{ df }}) <= 3 then 2e0 else 1e0 end
            * {{ stat_normal_tail(deviate or stat_chi_square_tail_deviate(x, df)) }}
        + case when ({{ df }}) = 3 then sqrt({{ half }} * 1.2732395447351628e0) * exp(-{{ half }}) else 0e0 end
    end)
{%- endmacro %}

{# The standard normal whose upper tail the formulas ask for. #}
{% macro stat_chi_square_tail_deviate(x, df) -%}
    {%- set s = 'power(' ~ safe_divide(x, df) ~ ', ' ~ 1 / 6 ~ 'e0)' -%}
    {%- set c = safe_divide('1e0', df) -%}
    {%- set canal = safe_divide(
        s ~ ' * (1e0 - ' ~ s ~ ' * (0.5e0 - ' ~ s ~ ' * ' ~ 1 / 3 ~ 'e0)) - '
        ~ stat_chi_square_tail_cubic(c, 5 / 6, -1 / 9, -7 / 648, 25 / 2187),
        'sqrt' ~ stat_chi_square_tail_cubic(c, 0, 1 / 18, 1 / 162, -37 / 11664)
    ) -%}
    (case when ({{ df }}) <= 3 then {{ safe_sqrt(x) }} else {{ canal }} end)
{%- endmacro %}

{# A polynomial of degree 3 in c from its coefficients. #}
{% macro stat_chi_square_tail_cubic(c, k0, k1, k2, k3) -%}
    ({{ k0 }}e0 + {{ c }} * ({{ k1 }}e0 + {{ c }} * ({{ k2 }}e0 + {{ c }} * {{ k3 }}e0)))
{%- endmacro %}
