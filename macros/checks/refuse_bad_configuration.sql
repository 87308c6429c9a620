{#
    Stops the run with every error that int_product_signals__problems found;
    logs what is merely doubtful as warnings.

    problems   that relation
#}
{% macro refuse_bad_configuration(problems) %}
    {% if not execute or flags.WHICH not in ('run', 'build') %}
        {% do return('') %}
    {% endif %}
    {% set errors = [] %}
    {% for row in run_query(
        'select severity, source, row_name, column_name, value, problem, fix'
        ~ ' from ' ~ problems
        ~ ' order by source, row_name, column_name, problem'
    ) %}
        {% set message = row[1] ~ ', row ' ~ row[2] ~ ': ' ~ row[3] ~ ' "'
            ~ row[4] ~ '" ' ~ row[5] ~ '; ' ~ row[6] %}
        {% if row[0] == 'error' %}
            {% do errors.append(message) %}
        {% else %}
            {% do exceptions.warn('product_signals: ' ~ message) %}
        {% endif %}
    {% endfor %}
    {% do product_signals.stop_at(errors) %}
{% endmacro %}
