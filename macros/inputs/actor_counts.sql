{# True where an actor's events count, by the variable excluded_actor_types. #}
{% macro actor_counts(actor_type) %}
    {% set excluded = product_signals.listed('excluded_actor_types') %}
    {% if not excluded %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        actor_type ~ " not in ('" ~ excluded | join("', '") ~ "')"
    ) %}
{% endmacro %}
