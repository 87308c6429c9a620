{# Whether a configuration seed is in the warehouse by now; never while dbt
   parses. #}
{% macro is_loaded(name) %}
    {% do return(
        execute and load_relation(product_signals.config_relation(name))
        is not none
    ) %}
{% endmacro %}
