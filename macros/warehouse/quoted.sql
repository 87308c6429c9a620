{# A column of the package's own tables, quoted so that its name may be an SQL
   keyword, in the letter case that unquoted names have there. #}
{% macro quoted(name) %}
    {% do return(adapter.dispatch('quoted', 'product_signals')(name)) %}
{% endmacro %}

{% macro default__quoted(name) %}
    {% do return(adapter.quote(name | lower)) %}
{% endmacro %}

{% macro snowflake__quoted(name) %}
    {% do return(adapter.quote(name | upper)) %}
{% endmacro %}
