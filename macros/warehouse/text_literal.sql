{# A text as SQL, whatever is in it. #}
{% macro text_literal(text) %}
    {% do return(adapter.dispatch('text_literal', 'product_signals')(text)) %}
{% endmacro %}

{% macro default__text_literal(text) %}
    {% do return("'" ~ text | replace("'", "''") ~ "'") %}
{% endmacro %}

{# There a backslash in quotes escapes what follows. #}
{% macro snowflake__text_literal(text) %}
    {% do return(product_signals.default__text_literal(
        text | replace('\\', '\\\\')
    )) %}
{% endmacro %}
