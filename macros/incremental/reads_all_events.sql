{#
    Whether the events input is read from its beginning, rather than only what
    arrived since the last complete run.

    reread   so it is with the variable rebuild_from, for a model whose rows
             have no day to read again from
#}
{% macro reads_all_events(reread=false) %}
    {% set run = product_signals.this_run() %}
    {% if not is_incremental() or run.get('reads_all_events', true) %}
        {% do return(true) %}
    {% endif %}
    {% do return(reread and run['reread_from'] is not none) %}
{% endmacro %}
