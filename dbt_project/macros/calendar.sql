{#
The calendar, made while compiling: it needs no table to stand on.

Belongs here: which periods are complete between first_month and last_month, and what they are called. Does not belong
here: which of them a measure is given for (measure_catalogue).
#}
{% macro calendar_periods() -%}
    {%- set months = [] -%}
    {%- for year in range(var('first_month')[:4] | int, var('last_month')[:4] | int + 1) -%}
        {%- for number in range(1, 13) -%}
            {%- set label = '%04d-%02d' | format(year, number) -%}
            {%- if var('first_month') <= label <= var('last_month') -%}{%- do months.append(label ~ '-01') -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set last_days = {'01': 31, '02': 28, '03': 31, '04': 30, '05': 31, '06': 30, '07': 31, '08': 31, '09': 30,
                         '10': 31, '11': 30, '12': 31} -%}
    {%- set ends = {} -%}
    {%- for month in months -%}
        {%- set year = month[:4] | int -%}
        {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
        {%- set day = 29 if month[5:7] == '02' and is_leap else last_days[month[5:7]] -%}
        {%- do ends.update({month: month[:8] ~ '%02d' | format(day)}) -%}
    {%- endfor -%}
    {%- set periods = [] -%}
    {%- for month in months -%}
        {%- set year = month[:4] | int -%}
        {%- set number = month[5:7] | int -%}
        {%- set first_year = year if number >= 4 else year - 1 -%}
        {%- set financial_year = first_year ~ '-' ~ '%02d' | format((first_year + 1) % 100) -%}
        {%- do periods.append(['month', month, ends[month], month[:7], 1]) -%}
        {%- if number % 3 == 1 and loop.index0 + 3 <= months | length -%}
            {%- set quarter = ((number - 4) // 3) % 4 + 1 -%}
            {%- do periods.append(['quarter', month, ends[months[loop.index0 + 2]], financial_year ~ '-Q' ~ quarter, 3]) -%}
        {%- endif -%}
        {%- if number == 4 and loop.index0 + 12 <= months | length -%}
            {%- do periods.append(['financial_year', month, ends[months[loop.index0 + 11]], financial_year, 12]) -%}
        {%- endif -%}
        {%- if loop.index0 + 12 <= months | length -%}
            {%- set last = months[loop.index0 + 11] -%}
            {%- do periods.append(['rolling_12_months', month, ends[last], '12 months to ' ~ last[:7], 12]) -%}
        {%- endif -%}
        {%- if number == 4 and loop.index0 + 36 <= months | length -%}
            {%- set third = (first_year + 2) ~ '-' ~ '%02d' | format((first_year + 3) % 100) -%}
            {%- do periods.append(
                ['pooled_3_years', month, ends[months[loop.index0 + 35]], financial_year ~ ' to ' ~ third, 36]
            ) -%}
        {%- endif -%}
        {%- if number == 3 -%}
            {%- do periods.append(['snapshot', ends[month], ends[month], ends[month], 0]) -%}
        {%- endif -%}
    {%- endfor -%}
    values
    {%- for period_type, period_start, period_end, period_label, month_count in periods %}
    (
        '{{ period_type }}', {{ date_literal(period_start) }}, {{ date_literal(period_end) }},
        '{{ period_label }}', {{ month_count }}
    ){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
