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

{#
    All conditions of a group, any group of a signal, as SQL.

    rules   the rows of signal_rules() of one signal
    field   value, or clear_value for what keeps it open
#}
{% macro groups_hold(rules, field) %}
    {% set groups = [] %}
    {% for group in rules | groupby('condition_group', case_sensitive=true) %}
        {% set conditions = [] %}
        {% for rule in group.list %}
            {% do conditions.append(
                product_signals.condition(rule, rule[field])
            ) %}
        {% endfor %}
        {% do groups.append('(' ~ conditions | join(' and ') ~ ')') %}
    {% endfor %}
    {% do return('(' ~ groups | join(' or ') ~ ')') %}
{% endmacro %}

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
