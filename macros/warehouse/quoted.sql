{# A column of the package's own tables in quotes, so that its name may be a
   word of SQL: in the case that a name without quotes has there. #}
{% macro quoted(name) %}
    {% do return(adapter.dispatch('quoted', 'product_signals')(name)) %}
{% endmacro %}

{% macro default__quoted(name) %}
    {% do return(adapter.quote(name | lower)) %}
{% endmacro %}

{% macro snowflake__quoted(name) %}
    {% do return(adapter.quote(name | upper)) %}
{% endmacro %}
