{#
    What is wrong with the input models, one message each: one that is not a
    table or view, or lacks a required column, or holds times that are none.
#}
{% macro input_problems() %}
    {% set problems = [] %}
    {% for input, spec in product_signals.input_spec().items() %}
        {% set relation = product_signals.input_relation(input) %}
        {% if relation %}
            {% do problems.extend(
                product_signals.relation_problems(input, spec, relation)
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}
