{# True for a text that ends like a time with an offset: 10:00Z, 10:00:00+02. #}
{% macro has_utc_offset(text) %}
    {% do return(
        product_signals.full_match(
            text, '.+:[0-9]{2}([.][0-9]+)?[ ]?(Z|[+-][0-9]{2}(:?[0-9]{2})?)'
        )
    ) %}
{% endmacro %}
