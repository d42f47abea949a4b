{#
What may be said of a comparison: the one place where numbers become a verdict.

In this order:
    too_few_to_say                  fewer than 5 expected people with the event in either group, a zero cell, or nobody
                                    without the event; an estimate: fewer than 10 people in either group
    undetermined_missing_ethnicity  the figure makes a claim that its plausible range does not bear out
    less_favourable, more_favourable; over_represented, under_represented for a share
                                    the interval excludes 1 and, below the trust or with more than two groups, the
                                    difference survives Benjamini-Hochberg; ages fitted below the authority need the
                                    figure without them to say the same
    similar                         the interval lies inside 0.80 to 1.25; of fitted ages, without them too
    no_clear_difference             anything else
NULL where nothing is compared or no ratio is defined.

Reads `is_compared`, `has_enough_people`, `ratio` (group over reference) with its limits and plausible range,
`is_called`, `is_modelled`, `is_corroborated`, `measure_type`, `polarity`.
#}
{% macro measure_verdict() -%}
    case
        when not is_compared then cast(null as {{ dbt.type_string() }})
        when not has_enough_people then 'too_few_to_say'
        when ratio is null or ratio_lower is null then cast(null as {{ dbt.type_string() }})
        when ratio_lower > 1e0 and is_called and is_corroborated then
            case
                when coalesce(plausible_lower, 0e0) <= 1e0 then 'undetermined_missing_ethnicity'
                when measure_type = 'share' then 'over_represented'
                when polarity = 'higher_is_better' then 'more_favourable'
                when polarity = 'lower_is_better' then 'less_favourable'
            end
        when ratio_upper < 1e0 and is_called and is_corroborated then
            case
                when plausible_upper is null or plausible_upper >= 1e0 then 'undetermined_missing_ethnicity'
                when measure_type = 'share' then 'under_represented'
                when polarity = 'higher_is_better' then 'less_favourable'
                when polarity = 'lower_is_better' then 'more_favourable'
            end
        when {{ is_similar('ratio_lower', 'ratio_upper') }} and is_corroborated then
            case
                when {{ is_similar('plausible_lower', 'plausible_upper') }} then 'similar'
                else 'undetermined_missing_ethnicity'
            end
        else 'no_clear_difference'
    end
{%- endmacro %}

{# An interval lies inside 0.80 to 1.25 times a value. #}
{% macro is_similar(lower, upper, value='1e0') -%}
    ({{ lower }} >= 8e-1 * {{ value }} and {{ upper }} <= 1.25e0 * {{ value }})
{%- endmacro %}

{#
What a figure may be used for. Reads, beside the above, `value`, `unknown_share`, `is_modelled`.
#}
{% macro measure_fitness() -%}
    case
        when value is null or (is_compared and ratio is null and has_enough_people) then 'not_defined'
        when is_compared and not has_enough_people then 'too_few'
        when unknown_share > 2e-1 then 'bounds_only'
        when is_modelled and not is_corroborated then 'modelled'
        when unknown_share > 1e-1 then 'with_bounds'
        else 'usable'
    end
{%- endmacro %}
