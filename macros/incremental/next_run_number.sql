{#
    The number of the run that begins: one more than any in the log, the model
    that calls it. A log of a version that knew no numbers counts for nothing.
#}
{% macro next_run_number() %}
    {% if is_incremental()
            and 'run_number' in product_signals.column_types(this) %}
        {% do return(
            '(select coalesce(max(run_number), 0) + 1 from ' ~ this ~ ')'
        ) %}
    {% endif %}
    {% do return('1') %}
{% endmacro %}
