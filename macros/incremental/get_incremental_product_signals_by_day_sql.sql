{# The incremental strategy that incremental_by() chooses; dbt looks for it
   under this name. With --empty, rows that are there stay, as dbt has it. #}
{% macro get_incremental_product_signals_by_day_sql(arguments) %}
    {% if flags.EMPTY %}
        {% do return(
            'delete from ' ~ arguments['target_relation'] ~ ' where 1 = 0'
        ) %}
    {% endif %}
    {% do return(adapter.dispatch('replace_rows', 'product_signals')(
        arguments['target_relation'],
        arguments['temp_relation'],
        arguments['dest_columns'],
        arguments['incremental_predicates'],
    )) %}
{% endmacro %}
