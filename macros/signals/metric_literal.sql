{# A value of the signal_conditions seed as a literal of its metric's type;
   the gate has seen to it that it is one. #}
{% macro metric_literal(value, value_type) %}
    {% if value_type in ('number', 'boolean') %}
        {% do return(value | string) %}
    {% endif %}
    {% set literal = product_signals.text_literal(value | string) %}
    {% if value_type == 'date' %}
        {% do return('cast(' ~ literal ~ ' as date)') %}
    {% endif %}
    {% do return(literal) %}
{% endmacro %}
