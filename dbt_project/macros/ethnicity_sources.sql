{#
The written rank of what is recorded of a person's ethnicity, by subject, source and method: the lower the better.

takes_latest: among codes of this rank the latest counts, however old; else the most frequent of five years.
is_guess: nobody was asked; such a code comes after whatever was said, S (any other ethnic group) included.
Sources without a method have the method none. A source that is not listed chooses nobody's ethnicity.
#}
{% macro ethnicity_source_ranks() -%}
    {{ return([
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'self', 'rank': 1, 'takes_latest': true},
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'proxy', 'rank': 2},
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'gp', 'rank': 2},
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'referral', 'rank': 2},
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'none', 'rank': 2},
        {'subject': 'patient', 'source': 'mhsds', 'method': 'none', 'rank': 3},
        {'subject': 'patient', 'source': 'incidents', 'method': 'none', 'rank': 4},
        {'subject': 'patient', 'source': 'patient_ethnicity', 'method': 'observed', 'rank': 5, 'is_guess': true},
        {'subject': 'staff', 'source': 'staff_record', 'method': 'none', 'rank': 1, 'takes_latest': true},
    ]) }}
{%- endmacro %}

{# The ranks as a query: subject, source, method, source_rank, takes_latest, is_guess. #}
{% macro ethnicity_source_rank_rows() -%}
    {%- for each in ethnicity_source_ranks() %}
    select
        '{{ each.subject }}' as subject,
        '{{ each.source }}' as source,
        '{{ each.method }}' as method,
        {{ each.rank }} as source_rank,
        {{ each.get('takes_latest', false) | lower }} as takes_latest,
        {{ each.get('is_guess', false) | lower }} as is_guess
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#
Sources that send what they hold every month, changed or not. What such a source sends again as it was is no new record
of a person; the others send what was recorded on a day, or at an incident, and each is a record of its own.
#}
{% macro ethnicity_snapshot_sources() -%}
    {{ return(['mhsds', 'staff_record']) }}
{%- endmacro %}

{#
When a refusal stands: common table expressions, of which `standing_refusal` is the last, to stand between `with` and
`select`. It has a row for each person of whom one does, with `source_rank`: the highest rank of such a refusal.

A refusal stands when it is later than every usable code of the ranks no lower than its own. It undoes the codes of its
own rank and of those below it, older or not: `source_rank <= that of the code`.

records     an earlier expression with the columns of `person`, source_rank, recording_status and `date`
person      columns that make a person, as text: 'subject, subject_key'
date        column with the day of the record
is_usable   condition on which a record is a usable code
#}
{% macro standing_refusal_ctes(records, person, date, is_usable) -%}
refusal_and_code as (
    select
        {{ person }},
        source_rank,
        recording_status,
        {{ date }} as answer_date,
        max(case when {{ is_usable }} then {{ date }} end) over (
            partition by {{ person }}
            order by source_rank asc nulls last
            range between unbounded preceding and current row
        ) as last_usable_date_of_rank
    from {{ records }}
),

standing_refusal as (
    select {{ person }}, min(source_rank) as source_rank
    from refusal_and_code
    where
        recording_status = 'not_stated'
        and (last_usable_date_of_rank is null or last_usable_date_of_rank < answer_date)
    group by {{ person }}
)
{%- endmacro %}
