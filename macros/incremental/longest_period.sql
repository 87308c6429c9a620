{# The longest period of a profile in days; 0 while dbt parses. #}
{% macro longest_period() %}
    {% do return((product_signals.profile_periods() or [0]) | max) %}
{% endmacro %}
