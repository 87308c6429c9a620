{#
    Whether a row may have arrived since the last complete run: by its time of
    arrival, or because nobody knows that. Rows may be seen a little after
    others that arrived after them, hence the hour.

    run         latest_run()
    loaded_at   the row's time of arrival, UTC
#}
{% macro loaded_since(run, loaded_at) %}
    {% if not run['is_partial'] or not run['loaded_before'] %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        'coalesce(' ~ loaded_at ~ " >= cast('" ~ run['loaded_before']
        ~ "' as timestamp) - interval '1 hour', true)"
    ) %}
{% endmacro %}
