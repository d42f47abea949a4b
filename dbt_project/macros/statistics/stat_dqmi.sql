{#
Score, out of 100, of one item of a national data set as the Data Quality Maturity Index gives it, and the index itself
from the mean score of its items and the mean share of providers' data sets that came in.
Formula: item 100 (valid - max(0, defaults - threshold * records)) / records; index mean score * mean coverage.
Source: the Data Quality Maturity Index methodology of NHS England, with the worked rows of its appendix.
Domain: 0 <= defaults <= valid <= records, records > 0, 0 <= threshold <= 1; `valid` counts every code the data set
allows, defaults among them, and `defaults` those that say nothing (not stated, not known); coverage as a part of 1.
Anything else is NULL. Which threshold the index takes for ethnic category could not be read: seeds/ref_dqmi_threshold.
#}
{% macro stat_dqmi_item(valid, defaults, records, threshold) -%}
    {%- set excess = '(' ~ defaults ~ ') - (' ~ threshold ~ ') * (' ~ records ~ ')' -%}
    (case
        when ({{ defaults }}) < 0 or ({{ defaults }}) > ({{ valid }}) or ({{ valid }}) > ({{ records }})
            or ({{ threshold }}) < 0 or ({{ threshold }}) > 1 then cast(null as double)
        when {{ excess }} > 0
            then 100e0 * {{ safe_divide('(' ~ valid ~ ') - (' ~ excess ~ ')', records) }}
        when {{ excess }} <= 0 then 100e0 * {{ safe_divide(valid, records) }}
    end)
{%- endmacro %}

{% macro stat_dqmi(mean_item, mean_coverage) -%}
    (case
        when ({{ mean_item }}) >= 0 and ({{ mean_item }}) <= 100
            and ({{ mean_coverage }}) >= 0 and ({{ mean_coverage }}) <= 1
            then cast({{ mean_item }} as double) * ({{ mean_coverage }})
    end)
{%- endmacro %}
