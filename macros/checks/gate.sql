{#
    Stops the run with the errors that int_product_signals__problems found, and
    logs its warnings.

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
        {% elif row[0] == 'warning' %}
            {% do exceptions.warn('product_signals: ' ~ message) %}
        {% endif %}
    {% endfor %}
    {% do product_signals.stop_at(errors) %}
{% endmacro %}

{# Stops the run if settings, variables or input models are invalid, because SQL
   can't check the configuration before these are right. #}
{% macro refuse_bad_inputs() %}
    {# Also runs while parsing, which is how dbt learns of the inputs. #}
    {% set problems = (
        product_signals.variable_problems() + product_signals.input_problems()
    ) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set mistyped = product_signals.mistyped_variables() %}
        {% for warning in mistyped['warnings'] %}
            {% do exceptions.warn('product_signals: ' ~ warning) %}
        {% endfor %}
        {% do product_signals.stop_at(
            product_signals.setting_problems() + mistyped['errors'] + problems
        ) %}
    {% endif %}
{% endmacro %}

{# Ends the run if there are errors, with up to 50 at once. Escapes line breaks
   in values and keeps those in fixes, which are indented. #}
{% macro stop_at(errors) %}
    {% if errors %}
        {% set lines = errors[:50] | map('replace', '\n', '\\n')
            | map('replace', '\\n    ', '\n    ') %}
        {% do exceptions.raise_compiler_error(
            'product_signals built nothing, because of ' ~ errors | length
            ~ ' problem(s):\n- ' ~ lines | join('\n- ')
            ~ ('\n- and more' if errors | length > 50 else '')
        ) %}
    {% endif %}
{% endmacro %}
