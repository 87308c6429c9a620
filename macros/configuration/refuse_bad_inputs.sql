{# Stops the run at variables that make no sense and inputs that cannot be
   read: what must be right before the configuration can be checked by SQL. #}
{% macro refuse_bad_inputs() %}
    {# Looked at while parsing, too: that is how dbt learns of the inputs. #}
    {% set problems = (
        product_signals.variable_problems() + product_signals.input_problems()
    ) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% do product_signals.stop_at(problems) %}
    {% endif %}
{% endmacro %}
