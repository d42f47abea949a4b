{#
What differs between engines, and what must be written one way to be the same on both.

Belongs here: arithmetic, dates and text that DuckDB and Spark treat differently. Does not belong here: meaning.

Types both engines accept, in casts and in contracts: string, bigint, integer, double, date, timestamp, boolean.
NULL order: engines differ by default, so every `order by` of a window says `nulls last`, and ends on a key.
#}

{# DOUBLE quotient; NULL when the divisor is 0 or NULL. #}
{% macro safe_divide(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0e0))
{%- endmacro %}

{# Natural logarithm; NULL for 0, negative numbers and NULL. #}
{% macro safe_ln(value) -%}
    (case when ({{ value }}) > 0 then ln(cast({{ value }} as double)) end)
{%- endmacro %}

{# Square root; NULL for negative numbers and NULL. #}
{% macro safe_sqrt(value) -%}
    (case when ({{ value }}) >= 0 then sqrt(cast({{ value }} as double)) end)
{%- endmacro %}

{#
A number below 9e18 rounded to a whole one (half away from 0), in a type whose sum cannot overflow: BIGINT where the
engine adds BIGINTs as 128 bits (DuckDB), DECIMAL(28, 0) where it adds them as 64 (Spark). Larger numbers are an error.
#}
{% macro rounded_for_sum(value) -%}
    {{ adapter.dispatch('rounded_for_sum', 'race_equity')(value) }}
{%- endmacro %}

{% macro default__rounded_for_sum(value) -%}
    cast(round({{ value }}) as bigint)
{%- endmacro %}

{% macro spark__rounded_for_sum(value) -%}
    cast({{ value }} as decimal(28, 0))
{%- endmacro %}

{# A date from its ISO text. #}
{% macro date_literal(iso_date) -%}
    cast('{{ iso_date }}' as date)
{%- endmacro %}

{# First day of the month of a date. #}
{% macro month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

{# First day of the quarter of a date; quarters of the financial year are those of the calendar. #}
{% macro quarter_start(date) -%}
    cast(date_trunc('quarter', {{ date }}) as date)
{%- endmacro %}

{# Last day of the month of a date. #}
{% macro month_end(date) -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{# First day of a month written `YYYY-MM`; NULL for any other text. #}
{% macro month_from_text(year_month) -%}
    try_cast(concat({{ year_month }}, '-01') as date)
{%- endmacro %}

{# The same day some months later (earlier when negative); the last day of a shorter month. #}
{% macro add_months(date, months) -%}
    {{ adapter.dispatch('add_months', 'race_equity')(date, months) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    cast({{ date }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months({{ date }}, cast({{ months }} as integer))
{%- endmacro %}

{# The date some days later (earlier when negative). #}
{% macro add_days(date, days) -%}
    {{ adapter.dispatch('add_days', 'race_equity')(date, days) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    cast({{ date }} + cast({{ days }} as integer) as date)
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add({{ date }}, cast({{ days }} as integer))
{%- endmacro %}

{# The day before the next row's date, so that spans do not overlap; NULL for the last row. #}
{% macro day_before_next(date, partition) -%}
    {{ add_days('lead(' ~ date ~ ') over (partition by ' ~ partition ~ ' order by ' ~ date ~ ')', -1) }}
{%- endmacro %}

{# Whole days from one date to a later one, BIGINT. #}
{% macro days_between(earlier, later) -%}
    {{ adapter.dispatch('days_between', 'race_equity')(earlier, later) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    cast(date_diff('day', {{ earlier }}, {{ later }}) as bigint)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    cast(datediff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}

{# Calendar months from one date to a later one, BIGINT: 31 January to 1 February is 1. #}
{% macro months_between_dates(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }}) as bigint
    )
{%- endmacro %}

{# Text as it is compared with a reference table: upper case, trimmed, inner runs of space to one; NULL when blank. #}
{% macro squeeze(value) -%}
    nullif(trim(upper({{ adapter.dispatch('collapse_spaces', 'race_equity')(value) }})), '')
{%- endmacro %}

{% macro default__collapse_spaces(value) -%}
    regexp_replace(replace({{ value }}, chr(160), ' '), '\s+', ' ', 'g')
{%- endmacro %}

{% macro spark__collapse_spaces(value) -%}
    regexp_replace(replace({{ value }}, chr(160), ' '), '\\s+', ' ')
{%- endmacro %}

{# A key with a letter in front that says what it names; NULL without a key, which a bare `concat` is not everywhere. #}
{% macro lettered_key(letter, key) -%}
    (case when {{ key }} is not null then concat('{{ letter }}', {{ key }}) end)
{%- endmacro %}

{# The code in front of a text such as `C2* Northern Irish`: first word of a squeezed value without trailing stars. #}
{% macro leading_token(value) -%}
    nullif(regexp_replace(split_part({{ squeeze(value) }}, ' ', 1), '[*]+$', ''), '')
{%- endmacro %}

{# Written between `as` and the bracket of a CTE in a long chain: keeps an optimiser from unrolling the chain, which
   takes time exponential in its length on DuckDB. #}
{% macro materialized() -%}
    {{ adapter.dispatch('materialized', 'race_equity')() }}
{%- endmacro %}

{% macro default__materialized() -%}
    materialized{{ ' ' }}
{%- endmacro %}

{% macro spark__materialized() -%}
{%- endmacro %}
