{# The grain of a private model, for developers of this package. #}
{% test private_grain(model, columns, nullable=[]) %}

{{ config(enabled=var('product_signals_private_tests', false)) }}
{{ product_signals.test_grain(model, columns, nullable) }}

{% endtest %}
