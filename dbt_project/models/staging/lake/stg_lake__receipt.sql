{% for book in ['receipt', 'refused_receipt'] -%}
select
    receipt_id,
    feed,
    table_name,
    period,
    organisation_code as source_organisation_code,
    file_name,
    file_sha256,
    file_bytes,
    encoding,
    rows_read,
    rows_kept,
    rows_quarantined,
    rows_duplicate,
    status,
    message,
    reading_id,
    {{ book.startswith('refused_') | lower }} as is_refused
from {{ source('lake', book) }}
{% if not loop.last -%}
union all
{% endif -%}
{% endfor -%}
