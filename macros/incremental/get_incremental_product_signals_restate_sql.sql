{# The incremental strategy that restated_by() chooses; dbt looks for it under
   this name. #}
{% macro get_incremental_product_signals_restate_sql(arguments) %}
    {% do return(adapter.dispatch('restate_sql', 'product_signals')(
        arguments['target_relation'],
        arguments['temp_relation'],
        arguments['dest_columns'],
        arguments['incremental_predicates'],
    )) %}
{% endmacro %}
