{# A truth value that is never true: returns each row in which it is. #}
{% test never(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }}
{% endtest %}
