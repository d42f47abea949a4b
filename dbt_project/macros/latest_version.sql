{#
Keeping the latest version of a record that is sent again and again.

Belongs here: the rank that says which version wins, and how many there were. Does not belong here: which submission
was accepted (int_mhsds_submission), or what a record means.
#}

{# A query over the records of a monthly feed whose files are corrections (a relation or a CTE): the latest version of each record, with
   its first and last month and its number of versions. #}
{% macro latest_version(relation, key, columns) -%}
    select
        {% for column in key + columns %}versioned.{{ column }},
        {% endfor -%}
        versioned.source_organisation_code,
        versioned.first_month,
        versioned.last_month,
        versioned.version_count
    from (
        select
            {% for column in key + columns %}record.{{ column }},
            {% endfor -%}
            record.source_organisation_code,
            min(record.month) over (partition by {{ record_key(key) }}) as first_month,
            max(record.month) over (partition by {{ record_key(key) }}) as last_month,
            count(*) over (partition by {{ record_key(key) }}) as version_count,
            row_number() over (
                partition by {{ record_key(key) }}
                order by
                    record.month desc nulls last,
                    record.file_row_number desc nulls last,
                    record.receipt_id asc nulls last
            ) as version_rank
        from {{ relation }} as record
        where record.month is not null
    ) as versioned
    where versioned.version_rank = 1
{%- endmacro %}

{# A query over a staging table of the mental health data set: the latest accepted version of each record, with the
   organisation that now answers for it, its first and last month and its number of versions. #}
{% macro latest_mhsds_version(relation, key, columns) -%}
    select
        {% for column in key + columns %}versioned.{{ column }},
        {% endfor -%}
        versioned.source_organisation_code,
        versioned.organisation_code,
        versioned.first_month,
        versioned.last_month,
        versioned.version_count
    from (
        select
            {% for column in key + columns %}record.{{ column }},
            {% endfor -%}
            record.source_organisation_code,
            submission.organisation_code,
            min(submission.reporting_month) over (partition by {{ record_key(key) }}) as first_month,
            max(submission.reporting_month) over (partition by {{ record_key(key) }}) as last_month,
            count(*) over (partition by {{ record_key(key) }}) as version_count,
            row_number() over (
                partition by {{ record_key(key) }}
                order by
                    submission.reporting_month desc nulls last,
                    submission.submitted_at desc nulls last,
                    record.file_row_number desc nulls last,
                    record.receipt_id asc nulls last
            ) as version_rank
        from {{ relation }} as record
        inner join {{ ref('int_mhsds_submission') }} as submission
            on
                submission.source_organisation_code = record.source_organisation_code
                and submission.month = record.month
    ) as versioned
    where versioned.version_rank = 1
{%- endmacro %}

{% macro record_key(key) -%}
    {% for column in key %}record.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
{%- endmacro %}
