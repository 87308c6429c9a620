{# Days that the slope of an account's scores looks back on: twelve weeks. #}
{% macro slope_days() %}
    {% do return(84) %}
{% endmacro %}
