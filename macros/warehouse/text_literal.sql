{# A text as an SQL literal, whatever it contains. #}
{% macro text_literal(text) %}
    {% do return(adapter.dispatch('text_literal', 'product_signals')(text)) %}
{% endmacro %}

{% macro default__text_literal(text) %}
    {% do return("'" ~ text | replace("'", "''") ~ "'") %}
{% endmacro %}

{# In Snowflake, a backslash escapes the next character. #}
{% macro snowflake__text_literal(text) %}
    {% do return(product_signals.default__text_literal(
        text | replace('\\', '\\\\')
    )) %}
{% endmacro %}
