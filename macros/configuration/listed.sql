{# The texts that a variable lists. What is not a list, or not a text, is left
   out; variable_problems() refuses it. #}
{% macro listed(name) %}
    {% set value = var(name) %}
    {% if value is string or value is mapping or value is not sequence %}
        {% do return([]) %}
    {% endif %}
    {% do return(value | select('string') | list) %}
{% endmacro %}
