{# Stops the run at settings and variables that make no sense and at inputs that
   cannot be read: what must be right before SQL can check the configuration. #}
{% macro refuse_bad_inputs() %}
    {# Looked at while parsing, too: that is how dbt learns of the inputs. #}
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
