{#
Control limits of a funnel plot: how far a unit may lie from the mean of all units by chance. `level` is 95 or 99.8.

Formula: for a proportion p -/+ z sqrt(p (1 - p) / n), cut to 0 and 1. It is Wilson's interval turned round: a unit lies
outside exactly when the Wilson limits of its own proportion leave out p. z is `stat_funnel_z(level)`.
For a rate limits of the count of a unit with `expected` events, that is the mean rate times its denominator. A count
outside them is one whose own Poisson limits leave out `expected`. Below 10 expected events exact, by a CASE of the
exact limits of each count; from 10 on the Poisson quantile of Cornish and Fisher, the ceiling of
E + z sqrt E + (z^2 - 4)/6 - (z^3 + 2z)/(72 sqrt E), with z negative for the lower limit: the exact whole count in 99 of
100 cases and more, else the one beside it.
Not the limits of a mean given a count (Garwood, Byar) at x = E: they would call 4 events of 10 expected low, which
chance alone makes in 2.9% of units, and would not call 18 high, which it makes in 1.4%.
Source: the OHID technical guide and its funnel functions; D. J. Spiegelhalter, 2005; E. A. Cornish and
R. A. Fisher, 1938.
Domain: 0 <= p <= 1 and n > 0; expected >= 0, whole or not. Undefined outside it: NULL. Events count as independent:
those that cluster in people (restraint) spread wider than these limits.
#}
{% macro stat_funnel_z(level) -%}
    {{ {'95': stat_z(), '99.8': '3.090232306167813e0'}[level | string] }}
{%- endmacro %}

{% macro stat_funnel_proportion_lower(p, n, z) -%}
    {{ stat_funnel_proportion_limit(p, n, z, '-') }}
{%- endmacro %}

{% macro stat_funnel_proportion_upper(p, n, z) -%}
    {{ stat_funnel_proportion_limit(p, n, z, '+') }}
{%- endmacro %}

{% macro stat_funnel_proportion_limit(p, n, z, sign) -%}
    {%- set p = 'cast(' ~ p ~ ' as double)' -%}
    (case when {{ n }} > 0 and {{ p }} >= 0e0 and {{ p }} <= 1e0 then greatest(0e0, least(1e0,
        {{ p }} {{ sign }} {{ z }} * {{ safe_sqrt(safe_divide(p ~ ' * (1e0 - ' ~ p ~ ')', n)) }}
    )) end)
{%- endmacro %}

{# The constants are the exact upper limits of 0, 1, 2, ... events: the lower limit is the first that reaches E. #}
{% macro stat_funnel_rate_lower(expected, level) -%}
    {%- set upper_limits = {
        '95': ['3.6888794541139354e0', '5.571643390938898e0', '7.22468766772396e0', '8.767273069742323e0'],
        '99.8': ['6.907755278982137e0', '9.233413476451585e0'],
    }[level | string] -%}
    (case
        when {{ expected }} < 0 then cast(null as double)
        {%- for limit in upper_limits %}
        when {{ expected }} <= {{ limit }} then {{ loop.index0 }}e0
        {%- endfor %}
        when {{ expected }} < 10 then {{ upper_limits | length }}e0
        else {{ stat_funnel_count(expected, '(-' ~ stat_funnel_z(level) ~ ')') }}
    end)
{%- endmacro %}

{# The constants are the exact lower limits of 1, 2, 3, ... events: the upper limit is the last that E reaches. #}
{% macro stat_funnel_rate_upper(expected, level) -%}
    {%- set lower_limits = {
        '95': [
            '0.025317807984289876e0', '0.24220927854396496e0', '0.6186721228956014e0', '1.0898653736263249e0',
            '1.6234863901184207e0', '2.2018942534908508e0', '2.8143630515198654e0', '3.4538321767485014e0',
            '4.115373097378334e0', '4.7953886961324335e0', '5.49116036723684e0', '6.200575108722218e0',
            '6.921952491003801e0', '7.653930276300595e0', '8.395386132783315e0', '9.145382453641524e0',
            '9.903126469607294e0',
        ],
        '99.8': [
            '0.001000500333583534e0', '0.045402017769489544e0', '0.1905333775684032e0', '0.428552413628423e0',
            '0.7393717319178323e0', '1.1071046602556394e0', '1.5203362603988093e0', '1.9708139217403657e0',
            '2.452424404363775e0', '2.96052037274376e0', '3.491484220615278e0', '4.042440790424585e0',
            '4.611063412081663e0', '5.195439557912915e0', '5.793975522822528e0', '6.405327291401817e0',
            '7.028349394674142e0', '7.662056395807809e0', '8.305593418515013e0', '8.95821326762601e0',
            '9.619258434470249e0',
        ],
    }[level | string] -%}
    (case
        when {{ expected }} < 0 then cast(null as double)
        {%- for limit in lower_limits %}
        when {{ expected }} < {{ limit }} then {{ loop.index0 }}e0
        {%- endfor %}
        when {{ expected }} < 10 then {{ lower_limits | length }}e0
        else {{ stat_funnel_count(expected, stat_funnel_z(level)) }}
    end)
{%- endmacro %}

{# Quantile of a Poisson law of mean `expected`, at least 10, as a whole count. #}
{% macro stat_funnel_count(expected, z) -%}
    {%- set root = safe_sqrt('cast(' ~ expected ~ ' as double)') -%}
    cast(ceil(
        {{ expected }} + {{ z }} * {{ root }} + ({{ z }} * {{ z }} - 4e0) * {{ safe_divide('1e0', '6e0') }}
        - {{ safe_divide(z ~ ' * (' ~ z ~ ' * ' ~ z ~ ' + 2e0)', '72e0 * ' ~ root) }}
    ) as double)
{%- endmacro %}
