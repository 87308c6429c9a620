{#
    The calendar day of a column in the variable timezone; kind as in kind_of().

    A date is the same day everywhere; only times are converted.
#}
{% macro to_day(column_name, kind) %}
    {% set utc = product_signals.to_utc(column_name, kind) %}
    {% if kind == 'date' or var('timezone') | upper == 'UTC' %}
        {% do return('cast(' ~ utc ~ ' as date)') %}
    {% endif %}
    {% set local = 'cast('
        ~ adapter.dispatch('utc_to_local', 'product_signals')(
            utc, var('timezone')
        ) ~ ' as date)' %}
    {% if kind == 'text' %}
        {% do return(
            'case when length(trim(' ~ column_name ~ ')) = 10 then cast('
            ~ utc ~ ' as date) else ' ~ local ~ ' end'
        ) %}
    {% endif %}
    {% do return(local) %}
{% endmacro %}
