{# A column as a UTC timestamp without time zone, null before 1900 and after
   2199; kind as in kind_of(). #}
{% macro to_utc(column_name, kind) %}
    {% if kind == 'text' %}
        {% do return(product_signals.text_to_utc(column_name)) %}
    {% endif %}
    {% set utc = adapter.dispatch('instant_to_utc', 'product_signals')(
        column_name
    ) if kind == 'instant' else 'cast(' ~ column_name ~ ' as timestamp)' %}
    {% do return(
        'case when not ' ~ product_signals.is_beyond(column_name, kind)
        ~ ' and not ' ~ product_signals.is_beyond(
            column_name, kind, after=true
        ) ~ ' then ' ~ utc ~ ' end'
    ) %}
{% endmacro %}

{# A timestamp with time zone as a UTC timestamp without one. #}
{% macro default__instant_to_utc(instant) %}
    {% do return('(' ~ instant ~ " at time zone 'UTC')") %}
{% endmacro %}

{% macro snowflake__instant_to_utc(instant) %}
    {% do return(
        "cast(convert_timezone('UTC', " ~ instant ~ ') as timestamp_ntz)'
    ) %}
{% endmacro %}

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

{# A UTC timestamp as a zone's local time. #}
{% macro default__utc_to_local(utc, timezone) %}
    {% do return(
        '((' ~ utc ~ ") at time zone 'UTC' at time zone '" ~ timezone ~ "')"
    ) %}
{% endmacro %}

{% macro snowflake__utc_to_local(utc, timezone) %}
    {% do return("convert_timezone('UTC', '" ~ timezone ~ "', " ~ utc ~ ')') %}
{% endmacro %}
