{#
The unit that a name in a system stands for in a month, for records that know their month and not their day.

Belongs here: which of the name's units a month belongs to. Does not belong here: which names there are and when they
hold (int_unit_name), and the unit on a day.
#}

{#
CTEs ending in `unit_of_month` (organisation_code, system_name, month, unit_code), for the months of a relation. A name
that holds on any day of the month counts: a unit that closed in it had its records. Of several the last, so that a
record never doubles.
#}
{% macro unit_of_month_ctes(system, relation) -%}
month_of_name as (
    select distinct month, {{ month_end('month') }} as month_end
    from {{ relation }}
),

name_in_month as (
    select
        name.organisation_code,
        name.system_name,
        month_of_name.month,
        name.unit_code,
        row_number() over (
            partition by name.organisation_code, name.system_name, month_of_name.month
            order by name.valid_from desc nulls last, name.unit_code asc nulls last
        ) as version_order
    from {{ ref('int_unit_name') }} as name
    inner join month_of_name
        on name.valid_from <= month_of_name.month_end and name.valid_to >= month_of_name.month
    where name.system = '{{ system }}'
),

unit_of_month as (
    select organisation_code, system_name, month, unit_code
    from name_in_month
    where version_order = 1
)
{%- endmacro %}
