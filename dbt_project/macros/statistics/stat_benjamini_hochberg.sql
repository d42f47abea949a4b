{#
What is called at a false discovery rate q: a SELECT with one row per family in which anything is called, its columns
the family's and `largest_called_p`. A row of the family is called when its p is no larger.
Formula: of m p-values in order, the largest p_k with p_k <= q k / m.
Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 1995.
Domain: relation, a table or CTE; family, a list of columns (NULL is a value of its own); p within 0 and 1. A row whose
p is NULL is not a member: it counts in no m. A family without a call has no row. m is an aggregate and only rows with p
<= q are put in order, so that millions of rows with a large p cost little.
#}
{% macro stat_benjamini_hochberg_threshold(relation, family, p, q='5e-2') -%}
    select {{ family | join(', ') }}, max(p_value) as largest_called_p
    from (
        select
            {% for column in family %}candidate.{{ column }}, {% endfor -%}
            candidate.p_value,
            size.members,
            count(*) over (
                partition by {% for column in family %}candidate.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by candidate.p_value nulls last
            ) as position
        from (
            select {{ family | join(', ') }}, {{ p }} as p_value
            from {{ relation }}
            where {{ p }} <= {{ q }}
        ) as candidate
        inner join (
            select {{ family | join(', ') }}, count({{ p }}) as members
            from {{ relation }}
            group by {{ family | join(', ') }}
        ) as size
            on {% for column in family %}candidate.{{ column }} is not distinct from size.{{ column }}
            {{- ' and ' if not loop.last }}{% endfor %}
    ) as ranked
    where p_value <= {{ safe_divide('position', 'members') }} * {{ q }}
    group by {{ family | join(', ') }}
{%- endmacro %}
