{#
People expected to have the event on the side where fewer are, were values equal within each stratum; an aggregate over
the rows of `int_measure_stratum_comparison`. The people of a stratum fall to the sides as its denominator does; strata
that hold one side only count for nothing, and NULL when no other is left. In one stratum it is what `int_measure_crude`
expects.
#}
{% macro expected_people() -%}
    {%- set people = '(numerator_people + reference_people)' -%}
    {%- set both = 'denominator + reference_denominator' -%}
    least(
        {{ stat_mh_used(
            people ~ ' * ' ~ safe_divide('denominator', both), 'denominator', 'reference_denominator'
        ) }},
        {{ stat_mh_used(
            people ~ ' * ' ~ safe_divide('reference_denominator', both), 'denominator', 'reference_denominator'
        ) }}
    )
{%- endmacro %}
