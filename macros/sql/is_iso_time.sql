{# True for a text with the shape of an ISO 8601 date or time. #}
{% macro is_iso_time(text) %}
    {% do return(product_signals.full_match(
        text,
        '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        ~ '([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?'
        ~ '([ ]?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?)?'
    )) %}
{% endmacro %}
