{#
95% limits of a Mantel-Haenszel ratio whose persons may stand in several strata or have several events.
Formula: score of a person in a stratum r w, w = other / (own + other), r = (y - n events / own) sqrt(own / (own - n)),
and r = y for who is alone on a side; own and events are of the person's side. A side's sq: scores summed over a
person's strata, squared, summed over people. Its plain: sum(events w^2). Its size, the events it counts for: weighted^2
/ plain; its design sq / plain. The limits are those of `stat_clustered_rate_ratio_*` with sizes as counts, so that in
one stratum of residents both are the same.
Source: Greenland and Robins, Biometrics 1985, read as estimating equations; the square root is the leverage of Bell and
McCaffrey, Survey Methodology 2002, without which people alone on a side would have no variance; checked against leaving
out each person and by the null simulation in tests/unit/test_statistics_null.py.
Domain: y events of the person in the stratum, n what they bring to its denominator: 1 in a risk, own time in a rate, 0
where the denominator is not made of these people (then r = y). a_weighted is `stat_mh_weighted(a, n1, n0)`, a_plain
`stat_mh_clustered_plain(a, n1, n0)`, a_people the number of people with an event; b_ those of the reference, sides
exchanged. A stratum where a side has nobody, or is missing, weighs 0. NULL when anything else is missing, or a side has
no event, or nothing varies (everybody has the event).
#}
{% macro stat_mh_clustered_weight(own, other) -%}
    (case
        when ({{ own }}) > 0 and ({{ other }}) > 0
            then {{ safe_divide(other, '(' ~ own ~ ') + (' ~ other ~ ')') }}
        else 0e0
    end)
{%- endmacro %}

{# Events of a person less those expected at the rate of the own side in the stratum. #}
{% macro stat_mh_clustered_residual(y, n, events, own) -%}
    (case
        when ({{ n }}) < ({{ own }})
            then (({{ y }}) - ({{ n }}) * {{ safe_divide(events, own) }})
                * {{ safe_sqrt(safe_divide(own, '(' ~ own ~ ') - (' ~ n ~ ')')) }}
        when ({{ n }}) >= ({{ own }}) then cast({{ y }} as double)
    end)
{%- endmacro %}

{# An aggregate over strata. #}
{% macro stat_mh_clustered_plain(events, own, other) -%}
    {%- set weight = stat_mh_clustered_weight(own, other) -%}
    {{ stat_mh_used('(' ~ events ~ ') * ' ~ weight ~ ' * ' ~ weight, own, other) }}
{%- endmacro %}

{% macro stat_mh_clustered_lower(
    ratio, a_weighted, a_plain, a_sq, a_people, b_weighted, b_plain, b_sq, b_people
) -%}
    (({{ ratio }}) * exp(-{{ stat_z() }} * {{ stat_mh_clustered_error(
        a_weighted, a_plain, a_sq, a_people, b_weighted, b_plain, b_sq, b_people
    ) }}))
{%- endmacro %}

{% macro stat_mh_clustered_upper(
    ratio, a_weighted, a_plain, a_sq, a_people, b_weighted, b_plain, b_sq, b_people
) -%}
    (({{ ratio }}) * exp({{ stat_z() }} * {{ stat_mh_clustered_error(
        a_weighted, a_plain, a_sq, a_people, b_weighted, b_plain, b_sq, b_people
    ) }}))
{%- endmacro %}

{# Standard error of the log ratio. #}
{% macro stat_mh_clustered_error(a_weighted, a_plain, a_sq, a_people, b_weighted, b_plain, b_sq, b_people) -%}
    {{ stat_clustered_rate_ratio_error(
        stat_mh_clustered_size(a_weighted, a_plain), stat_mh_clustered_size_sq(a_weighted, a_plain, a_sq), a_people,
        stat_mh_clustered_size(b_weighted, b_plain), stat_mh_clustered_size_sq(b_weighted, b_plain, b_sq), b_people
    ) }}
{%- endmacro %}

{% macro stat_mh_clustered_size(weighted, plain) -%}
    {{ safe_divide('(' ~ weighted ~ ') * (' ~ weighted ~ ')', plain) }}
{%- endmacro %}

{% macro stat_mh_clustered_size_sq(weighted, plain, sq) -%}
    {{ stat_mh_clustered_size(weighted, plain) }} * {{ safe_divide(sq, plain) }}
{%- endmacro %}
