{# The day that stands for "always has been" in half-open periods. #}
{% macro first_day() %}
    {% do return("cast('1900-01-01' as date)") %}
{% endmacro %}
