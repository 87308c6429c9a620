{# The settings without which a log of runs would forget those before. #}
{% macro log_needs() %}
    {% do return({
        'materialized': ['incremental'],
        'incremental_strategy': ['append', 'product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
    }) %}
{% endmacro %}
