{#
95% limits of a / b, two directly standardised rates, or events observed over events expected at the reference's rates,
where events cluster in people. a_variance is the variance of a were all events independent, a_variance_sq that with the
sum over people of squared events in place of events (`stat_dsr_variance`, or of a count the count and its squares);
a_people the number of people with an event; b_ those of the reference.
Formula: a / b * exp(-/+ z se), se^2 = k_a d_a / m_a + k_b d_b / m_b; m_a = a^2 / a_variance, the events a counts for;
d_a and k_a as in `stat_clustered_rate_ratio`, of m_a events whose squares add up to m_a a_variance_sq / a_variance. In
one stratum the limits are those of `stat_clustered_rate_ratio`.
Source: the log method of Rothman, Modern Epidemiology (standardised rate ratios), with the variances of Dobson and
others, Statistics in Medicine 1991. Other than in `stat_isr_*` the reference is not taken as known, nor a person's
events as independent: tests/integration/test_engine_null.py shows what that would claim where nothing differs, and that
a person who passes into another stratum between two events may count in each.
Domain: a, b > 0, variances > 0, people > 0. NULL when a or b is 0, or anything is missing.
#}
{% macro stat_standardised_ratio_lower(
    a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
) -%}
    ({{ safe_divide(a, b) }} * exp(-{{ stat_z() }} * {{ stat_standardised_ratio_error(
        a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
    ) }}))
{%- endmacro %}

{% macro stat_standardised_ratio_upper(
    a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
) -%}
    ({{ safe_divide(a, b) }} * exp({{ stat_z() }} * {{ stat_standardised_ratio_error(
        a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
    ) }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_standardised_ratio_error(
    a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
) -%}
    {{ stat_mh_clustered_error(
        a, a_variance, a_variance_sq, a_people, b, b_variance, b_variance_sq, b_people
    ) }}
{%- endmacro %}
