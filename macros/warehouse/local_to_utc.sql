{# A zone's local time, without time zone, as a UTC timestamp. #}
{% macro local_to_utc(local, timezone) %}
    {% if timezone | upper == 'UTC' %}
        {% do return(local) %}
    {% endif %}
    {% do return(
        adapter.dispatch('local_to_utc', 'product_signals')(local, timezone)
    ) %}
{% endmacro %}

{% macro default__local_to_utc(local, timezone) %}
    {% do return(
        '((' ~ local ~ ") at time zone '" ~ timezone ~ "' at time zone 'UTC')"
    ) %}
{% endmacro %}

{% macro snowflake__local_to_utc(local, timezone) %}
    {% do return(
        "convert_timezone('" ~ timezone ~ "', 'UTC', " ~ local ~ ')'
    ) %}
{% endmacro %}
