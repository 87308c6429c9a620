{# The first day that is_restated_since() lets pass, next to join_restated(). #}
{% macro restated_since(partial) %}
    {% do return(
        'least(restated.first_day, '
        ~ product_signals.first_restated_day() ~ ')'
    ) %}
{% endmacro %}
