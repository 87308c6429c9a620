{# A column as a UTC timestamp without time zone, null before 1900 and after
   2199; kind as in kind_of(). #}
{% macro to_utc(column_name, kind) %}
    {% if kind == 'text' %}
        {% do return(product_signals.text_to_utc(column_name)) %}
    {% endif %}
    {% set utc = adapter.dispatch('instant_to_utc', 'product_signals')(
        column_name
    ) if kind == 'instant' else 'cast(' ~ column_name ~ ' as timestamp)' %}
    {% do return(
        'case when not ' ~ product_signals.is_beyond(column_name, kind)
        ~ ' and not ' ~ product_signals.is_beyond(
            column_name, kind, after=true
        ) ~ ' then ' ~ utc ~ ' end'
    ) %}
{% endmacro %}
