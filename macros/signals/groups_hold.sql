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
