{# The column of product_signals__attribute_history that keeps an attribute. #}
{% macro remembered_as(entity, attribute) %}
    {% if attribute in product_signals.extra_attributes(entity) %}
        {% do return('attribute_' ~ attribute) %}
    {% endif %}
    {% do return(attribute) %}
{% endmacro %}
