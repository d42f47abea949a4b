{#
Upper tail of the standard normal, P(Z > z); two-sided p is twice that of abs(z).
Formula: for z >= 0 t / 2 exp(-z^2 / 2 + polynomial of degree 9 in t), t = 1 / (1 + z / sqrt 8); 1 less that of -z
below.
Source: Press and others, Numerical Recipes, `erfcc`, with erfc(x) = 2 P(Z > x sqrt 2): error below 1.2e-7 of the tail.
Domain: any z; beyond 38 the tail is 0, as in double arithmetic. A missing z is NULL. The argument is written out many
times: pass a column.
#}
{% macro stat_normal_tail(z) -%}
    {%- set t = safe_divide('1e0', '1e0 + 0.35355339059327376e0 * abs(' ~ z ~ ')') -%}
    {%- set sum = namespace(text='0.17087277e0') -%}
    {%- for coefficient in [
        '-0.82215223e0', '1.48851587e0', '-1.13520398e0', '0.27886807e0', '-0.18628806e0', '0.09678418e0',
        '0.37409196e0', '1.00002368e0', '-1.26551223e0',
    ] -%}
        {%- set sum.text = '(' ~ coefficient ~ ' + ' ~ t ~ ' * ' ~ sum.text ~ ')' -%}
    {%- endfor -%}
    (0.5e0 * (1e0 - sign({{ z }})) + 0.5e0 * sign({{ z }}) * {{ t }}
        * exp({{ sum.text }} - 0.5e0 * power({{ z }}, 2e0)))
{%- endmacro %}
