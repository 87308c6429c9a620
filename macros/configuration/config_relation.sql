{# The seed that holds a part of the configuration; the user's own if the
   variable <name>_seed says so. #}
{% macro config_relation(name) %}
    {% do return(ref(var(name ~ '_seed'))) %}
{% endmacro %}
