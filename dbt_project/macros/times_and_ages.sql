{#
Moments and ages.

Belongs here: comparing times of day and ages that are only known to the month. Does not belong here: plain dates
(portable.sql).
#}

{# A moment as text that sorts like time, `YYYY-MM-DD HH:MM`; a missing time of day takes the one given. #}
{% macro moment(date, time, when_missing) -%}
    concat(cast({{ date }} as string), ' ', coalesce({{ time }}, '{{ when_missing }}'))
{%- endmacro %}

{# Age band on a date of a person of whom only the month of birth is known: the birthday counts from its month. #}
{% macro age_band_at(birth_month, date) -%}
    {%- set age_months = months_between_dates(month_from_text(birth_month), date) -%}
    case
        when {{ age_months }} < 0 then 'unknown'
        when {{ age_months }} < 192 then '0-15'
        when {{ age_months }} < 216 then '16-17'
        when {{ age_months }} < 300 then '18-24'
        when {{ age_months }} < 420 then '25-34'
        when {{ age_months }} < 600 then '35-49'
        when {{ age_months }} < 780 then '50-64'
        when {{ age_months }} < 1452 then '65+'
        else 'unknown'
    end
{%- endmacro %}
