{% for book in ['finding', 'refused_finding'] -%}
select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
    file_name,
    sheet,
    row_number as file_row_number,
    column_name,
    rule,
    effect,
    expected,
    found,
    action,
    finding_count,
    {{ book.startswith('refused_') | lower }} as is_refused
from {{ source('lake', book) }}
{% if not loop.last -%}
union all
{% endif -%}
{% endfor -%}
