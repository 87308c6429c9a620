{#
    The rows of int_product_signals__signal_rules, in order, as dicts: rules
    are few, so they become SQL before the query runs, and each account and
    day is looked at once rather than once per condition.

    Empty while dbt parses, and where the rules are not built yet.
#}
{% macro signal_rules() %}
    {% set rules = ref('int_product_signals__signal_rules') %}
    {% if not execute or not load_relation(rules) %}
        {% do return([]) %}
    {% endif %}
    {% set rows = run_query(
        'select * from ' ~ rules ~ ' order by rule_number'
    ) %}
    {% set found = [] %}
    {% for row in rows %}
        {% set rule = {} %}
        {% for name in rows.column_names %}
            {% do rule.update({name | lower: row[name]}) %}
        {% endfor %}
        {% do found.append(rule) %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
