{#
The counts of a group and its reference, were the unknown split like the known: four columns whose names begin with
`name`. The odds of the group are multiplied by `odds` among events and by `inverse` among the rest, so that the two ends
of the plausible range are as far apart as both allow.

Reads the columns of `int_measure_comparison` or `int_measure_stratum_comparison`. The rest is, by type of measure:
people without the event (likelihood), time at risk (rate; residents are all known), nobody (share: everybody stays in
the denominator, and the reference is a census). Where nothing is known to split by, the counts stay as they are.
Belongs here: how counts enter `stat_plausible_*`. Does not belong here: the formulas.
#}
{% macro split_counts(odds, inverse, name) -%}
    {%- set events = stat_plausible_group('numerator', 'known_numerator', 'unknown_numerator', odds) -%}
    {%- set reference_events = stat_plausible_other(
        'reference_numerator', 'numerator', 'known_numerator', 'unknown_numerator', odds
    ) -%}
    {%- set well = ('(denominator - numerator)', '(known_denominator - known_numerator)', 'unknown_eventless') -%}
    {%- set reference_well = '(reference_denominator - reference_numerator)' -%}
    {%- set time = ('denominator', 'known_denominator', 'unknown_denominator') -%}
    coalesce({{ events }}, numerator) as {{ name }}_numerator,
    case measure_type
        when 'share' then denominator
        when 'likelihood' then coalesce({{ events }} + {{ stat_plausible_group(*(well + (inverse,))) }}, denominator)
        else coalesce({{ stat_plausible_group(*(time + (inverse,))) }}, denominator)
    end as {{ name }}_denominator,
    case when measure_type = 'share' then reference_numerator else coalesce({{ reference_events }}, reference_numerator) end
        as {{ name }}_reference_numerator,
    case measure_type
        when 'share' then reference_denominator
        when 'likelihood'
            then coalesce(
                {{ reference_events }} + {{ stat_plausible_other(*((reference_well,) + well + (inverse,))) }},
                reference_denominator
            )
        else coalesce(
            {{ stat_plausible_other(*(('reference_denominator',) + time + (inverse,))) }}, reference_denominator
        )
    end as {{ name }}_reference_denominator
{%- endmacro %}

{#
The denominator that comes with the unknown events wherever they are put, and what the unknown without an event bring,
for `stat_bound_*`. In a rate over people's own time nothing is said here of who brings which time: events move without
time and all unknown time counts as eventless, except for the people of `int_measure_unknown_person`.
#}
{% macro unknown_moved() -%}
    case when measure_type = 'likelihood' then unknown_numerator else 0e0 end
{%- endmacro %}

{% macro unknown_eventless() -%}
    case measure_type
        when 'likelihood' then {{ stat_bound_eventless('unknown_denominator', 'unknown_event_denominator') }}
        when 'rate' then unknown_denominator
        else 0e0
    end
{%- endmacro %}

{#
Whether a person may belong to neither the group nor its reference. Everybody is White or minority ethnic: of these two,
who is not the one is the other.
#}
{% macro has_elsewhere(grouping) -%}
    ({{ grouping }} <> 'white_bme')
{%- endmacro %}

{#
A person whose events and time go together to whichever side of a comparison the person is put. Who has only one of the
two is put nowhere by number: events without time and time without events go wherever they do most.
#}
{% macro brings_events_and_time(numerator, denominator) -%}
    ({{ numerator }} > 0e0 and {{ denominator }} > 0e0)
{%- endmacro %}
