{#
Keeping the latest version of a record that is sent again and again.

Belongs here: the rank that says which version wins, and how many there were. Does not belong here: which submission
was accepted (int_mhsds_submission), or what a record means.
#}

{#
A query over the records of a monthly feed whose files are corrections (a relation or a CTE): the latest version of each
record, with its first and last month and its number of versions. With `submission`, the submissions that were accepted
and the month each reports, a record counts only by one of these, and the organisation that now answers for it is told.
#}
{% macro latest_version(relation, key, columns, submission=none) -%}
    {%- set month = 'submission.reporting_month' if submission else 'record.month' -%}
    select
        {% for column in key + columns %}versioned.{{ column }},
        {% endfor -%}
        versioned.source_organisation_code,
        {% if submission %}versioned.organisation_code,
        {% endif -%}
        versioned.first_month,
        versioned.last_month,
        versioned.version_count
    from (
        select
            {% for column in key + columns %}record.{{ column }},
            {% endfor -%}
            record.source_organisation_code,
            {% if submission %}submission.organisation_code,
            {% endif -%}
            min({{ month }}) over (partition by {{ record_key(key) }}) as first_month,
            max({{ month }}) over (partition by {{ record_key(key) }}) as last_month,
            count(*) over (partition by {{ record_key(key) }}) as version_count,
            row_number() over (
                partition by {{ record_key(key) }}
                order by
                    {{ month }} desc nulls last,
                    {% if submission %}submission.submitted_at desc nulls last,
                    {% endif -%}
                    record.file_row_number desc nulls last,
                    record.receipt_id asc nulls last
            ) as version_rank
        from {{ relation }} as record
        {% if submission -%}
        inner join {{ submission }} as submission
            on
                submission.source_organisation_code = record.source_organisation_code
                and submission.month = record.month
        {%- else -%}
        where record.month is not null
        {%- endif %}
    ) as versioned
    where versioned.version_rank = 1
{%- endmacro %}

{% macro record_key(key) -%}
    {% for column in key %}record.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
{%- endmacro %}
