{# The day that stands for "still is" in half-open periods. #}
{% macro last_day() %}
    {% do return("cast('9999-12-31' as date)") %}
{% endmacro %}
