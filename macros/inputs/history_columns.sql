{#
    The account columns whose value on a day comes from the account history:
    those that the history has. Trial, conversion and cancellation are dates
    already and stay the account's own.
#}
{% macro history_columns() %}
    {% set history = product_signals.input_relation('account_history') %}
    {% if not history %}
        {% do return([]) %}
    {% endif %}
    {% set types = product_signals.column_types(history) %}
    {% set columns = [] %}
    {% for column in (
        product_signals.account_columns().keys() | list
        + product_signals.extra_attributes('account')
    ) %}
        {% if (types is none or column in types) and column not in [
            'trial_started_at', 'trial_ends_at', 'converted_at', 'cancelled_at'
        ] %}
            {% do columns.append(column) %}
        {% endif %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}
