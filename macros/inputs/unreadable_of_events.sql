{# The optional columns of the events input that may hold what can't be read
   and are null then: column -> where that is so. #}
{% macro unreadable_of_events() %}
    {% set columns = product_signals.input_columns(
        product_signals.input_relation('events')
    ) %}
    {% set found = {} %}
    {% for column, type in [
        ('event_value', 'number'), ('loaded_at', 'timestamp')
    ] %}
        {% set unread = product_signals.unread(column, type, columns) %}
        {% if unread %}
            {% do found.update({column: unread}) %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
