{# The model that the user wrote for an input; none where the variable
   <input>_model is empty. With --empty, it has no rows. #}
{% macro input_relation(input) %}
    {% if var(input ~ '_model') %}
        {% do return(builtins.ref(var(input ~ '_model'))) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
