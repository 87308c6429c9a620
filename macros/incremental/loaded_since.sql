{#
    Whether a row may have arrived since the last complete run: by its time of
    arrival, or because nobody knows that. Rows may be seen a little after
    others that arrived after them, hence the hour.

    loaded_at   the row's time of arrival, UTC
#}
{% macro loaded_since(loaded_at) %}
    {% set loaded_before = product_signals.this_run().get('loaded_before') %}
    {% if not loaded_before %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        'coalesce(' ~ loaded_at ~ " >= cast('" ~ loaded_before
        ~ "' as timestamp) - interval '1 hour', true)"
    ) %}
{% endmacro %}
