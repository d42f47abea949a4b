{#
Events of a group, and of any other group, when the unknown events are split as the known ones are, except that the
group's odds of holding an unknown event are `odds` times its odds of holding a known one. `own` of the `known` events
are the group's. With odds 1 the split is that of the known; with 0.5 and 2 it spans the plausible range.
Formula: group own + unknown odds own / D, other + unknown other / D, D = known + (odds - 1) own. They add up to known +
unknown over all groups.
Source: the odds model of Rosenbaum, Observational Studies, 2002, for one binary fact.
Domain: 0 <= own <= known, odds > 0, unknown >= 0. Without unknown events both stay as they are; with unknown events and
no known one there is nothing to split them by: NULL. A missing argument is NULL too.
#}
{% macro stat_plausible_group(own, known, unknown, odds) -%}
    {{ stat_plausible_split(own, own, known, unknown, odds, odds) }}
{%- endmacro %}

{% macro stat_plausible_other(other, own, known, unknown, odds) -%}
    {{ stat_plausible_split(other, own, known, unknown, odds, '1e0') }}
{%- endmacro %}

{% macro stat_plausible_split(events, own, known, unknown, odds, favour) -%}
    (case
        when ({{ unknown }}) = 0 then cast({{ events }} as double)
        else ({{ events }}) + {{ safe_divide(
            '(' ~ unknown ~ ') * (' ~ favour ~ ') * (' ~ events ~ ')',
            '(' ~ known ~ ') + ((' ~ odds ~ ') - 1e0) * (' ~ own ~ ')'
        ) }}
    end)
{%- endmacro %}
