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

{#
The lowest and the highest value of a group and of its reference, whoever the unknown are: four columns.
Reads `measure_type`, the counts of both, `reference_value`, and of the unknown `unknown_numerator`, `unknown_moved` and
`unknown_eventless`. The reference of a share is a census, which nobody moves.
#}
{% macro bounds_of_counts() -%}
        {{ stat_bound_lower('numerator', 'denominator', 'unknown_eventless') }} as group_lowest,
        {{ stat_bound_upper('numerator', 'denominator', 'unknown_numerator', 'unknown_moved') }} as group_highest,
        case
            when measure_type = 'share' then reference_value
            else {{ stat_bound_lower('reference_numerator', 'reference_denominator', 'unknown_eventless') }}
        end as reference_lowest,
        case
            when measure_type = 'share' then reference_value
            else {{ stat_bound_upper(
                'reference_numerator', 'reference_denominator', 'unknown_numerator', 'unknown_moved'
            ) }}
        end as reference_highest
{%- endmacro %}

{#
The bounds of a ratio: two columns. Reads those of `bounds_of_counts`, `is_compared` and, where unknown people bring
events and time of their own (`has_person_bound`), `person_lowest` and `person_highest`. They hold the ratio itself.
#}
{% macro bounds_of_ratio(ratio) -%}
    {%- for side, outside, person, value in [
        ('lower', '<', 'person_lowest', safe_divide('group_lowest', 'reference_highest')),
        ('upper', '>', 'person_highest', safe_divide('group_highest', 'reference_lowest')),
    ] %}
    {%- set value = 'case when has_person_bound then ' ~ person ~ ' else ' ~ value ~ ' end' %}
    case
        when not is_compared then cast(null as double)
        when {{ ratio }} {{ outside }} {{ value }} then {{ ratio }}
        else {{ value }}
    end as bound_{{ side }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#
A way to split unknown people who bring events and time: the people before this one on one side, those after it on the
other, and this one on either (`next`: on the first); eight columns for `bounds_of_splits`.
`pair`: the counts of a group and its reference, and what the unknown have besides people of both, `loose_events` and
`loose_time`. `person`: events and time of the people up to this one (`_to`), with it (`_to_next`) and of `all_`.
#}
{% macro splits_of_people(pair, person) -%}
    {%- for side, first, rest in [('', 'own', 'own_rest'), ('reference_', 'other_first', 'other')] %}
    {%- set outer_last = loop.last %}
    {%- for next in ['', '_next'] %}
        {{ safe_divide(
            pair ~ '.' ~ side ~ 'numerator + ' ~ pair ~ '.loose_events + ' ~ person ~ '.events_to' ~ next,
            pair ~ '.' ~ side ~ 'denominator + ' ~ person ~ '.time_to' ~ next
        ) }} as {{ first }}{{ next }},
        {{ safe_divide(
            pair ~ '.' ~ side ~ 'numerator + ' ~ person ~ '.all_events - ' ~ person ~ '.events_to' ~ next,
            pair ~ '.' ~ side ~ 'denominator + ' ~ pair ~ '.loose_time + ' ~ person ~ '.all_time - '
            ~ person ~ '.time_to' ~ next
        ) }} as {{ rest }}{{ next }}
        {%- if not (outer_last and loop.last) %},{% endif %}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{# The bounds of a ratio over the ways to split people: two aggregates, from the columns of `splits_of_people`. #}
{% macro bounds_of_splits() -%}
    {{ stat_bound_split_lower(
        'own_rest', 'other_first', 'own_rest_next', 'other_first_next', 'is_elsewhere_open'
    ) }} as bound_lower,
    {{ stat_bound_split_upper('own', 'other', 'own_next', 'other_next', 'is_elsewhere_open') }} as bound_upper
{%- endmacro %}
