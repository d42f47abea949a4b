{#
95% limits of a count x whose events cluster in people; x_sq is the sum over people of their squared events.
Formula: x + sqrt(x_sq / x) (L - x), L the Poisson limit of x (`stat_poisson_*`); the lower limit is not below 0.
Source: Dobson and others, Statistics in Medicine 1991, with the variance of a count of clustered events, x_sq. When
nobody has two events x_sq is x and the limits are Poisson's.
Domain: x_sq >= x >= 0, x whole below 10. Undefined where the Poisson limits are, or x_sq is missing: NULL. The limits
of 0 are Poisson's: no event says nothing about how events cluster.
#}
{% macro stat_clustered_lower(x, x_sq) -%}
    {%- set limit = stat_clustered_limit(x, x_sq, stat_poisson_lower(x)) -%}
    (case when {{ limit }} < 0e0 then 0e0 else {{ limit }} end)
{%- endmacro %}

{% macro stat_clustered_upper(x, x_sq) -%}
    {{ stat_clustered_limit(x, x_sq, stat_poisson_upper(x)) }}
{%- endmacro %}

{% macro stat_clustered_limit(x, x_sq, poisson_limit) -%}
    (case
        when ({{ x }}) = 0 then {{ poisson_limit }}
        when ({{ x }}) > 0
            then ({{ x }}) + {{ safe_sqrt(safe_divide(x_sq, x)) }} * ({{ poisson_limit }} - ({{ x }}))
    end)
{%- endmacro %}

{# What the variance of the log of a count is multiplied by because it is judged from few people with an event: the
   first term of Student's t, 1 + (z^2 + 1) / (2 people) (Cornish and Fisher), so that limits keep z. NULL for nobody.
   #}
{% macro stat_clustered_factor(people) -%}
    (1e0 + {{ safe_divide(stat_z() ~ ' * ' ~ stat_z() ~ ' + 1e0', '2e0 * (' ~ people ~ ')') }})
{%- endmacro %}
