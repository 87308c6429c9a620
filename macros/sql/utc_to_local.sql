{# A UTC timestamp as the wall clock of a zone. #}
{% macro default__utc_to_local(utc, timezone) %}
    {% do return(
        '((' ~ utc ~ ") at time zone 'UTC' at time zone '" ~ timezone ~ "')"
    ) %}
{% endmacro %}

{% macro snowflake__utc_to_local(utc, timezone) %}
    {% do return("convert_timezone('UTC', '" ~ timezone ~ "', " ~ utc ~ ')') %}
{% endmacro %}
