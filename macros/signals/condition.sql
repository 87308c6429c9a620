{#
    A condition of a signal as SQL that is true or false, never null: a metric
    that is null fails, save for the operator is_null.

    rule    a row of signal_rules()
    value   what to compare with: the rule's value or clear_value
#}
{% macro condition(rule, value) %}
    {% set metric = rule['metric'] %}
    {% if rule['value_type'] == 'date' %}
        {% set metric = 'cast(' ~ metric ~ ' as date)' %}
    {% endif %}
    {% set operator = rule['operator'] %}
    {% if operator == 'is_null' %}
        {% do return(metric ~ ' is null') %}
    {% elif operator == 'is_not_null' %}
        {% do return(metric ~ ' is not null') %}
    {% endif %}
    {% if operator in ('in', 'not_in') %}
        {% set literals = [] %}
        {% for item in value.split('|') %}
            {% do literals.append(product_signals.metric_literal(
                item | trim, rule['value_type']
            )) %}
        {% endfor %}
        {% set comparison = ('not in' if operator == 'not_in' else 'in')
            ~ ' (' ~ literals | join(', ') ~ ')' %}
    {% else %}
        {% set comparison = ('<>' if operator == '!=' else operator) ~ ' '
            ~ product_signals.metric_literal(value, rule['value_type']) %}
    {% endif %}
    {% do return('coalesce(' ~ metric ~ ' ' ~ comparison ~ ', false)') %}
{% endmacro %}
