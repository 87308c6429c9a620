{# Whether this model is brought up to date in this run: it is there already,
   and nothing changed that all of it depends on. #}
{% macro is_partial() %}
    {% set run = product_signals.latest_run() %}
    {% do return(is_incremental() and run['is_partial']) %}
{% endmacro %}
