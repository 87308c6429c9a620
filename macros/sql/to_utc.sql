{# A column as a UTC timestamp without time zone; kind as in kind_of(). #}
{% macro to_utc(column_name, kind) %}
    {% if kind == 'text' %}
        {% do return(product_signals.text_to_utc(column_name)) %}
    {% elif kind == 'instant' %}
        {% do return(
            adapter.dispatch('instant_to_utc', 'product_signals')(column_name)
        ) %}
    {% endif %}
    {% do return('cast(' ~ column_name ~ ' as timestamp)') %}
{% endmacro %}
