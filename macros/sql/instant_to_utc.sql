{# A timestamp with time zone as a UTC timestamp without one. #}
{% macro default__instant_to_utc(instant) %}
    {% do return('(' ~ instant ~ " at time zone 'UTC')") %}
{% endmacro %}

{% macro snowflake__instant_to_utc(instant) %}
    {% do return(
        "cast(convert_timezone('UTC', " ~ instant ~ ') as timestamp_ntz)'
    ) %}
{% endmacro %}
