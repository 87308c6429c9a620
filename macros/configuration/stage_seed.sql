{#
    A configuration seed, cast and with its defaults filled in, once the gate
    has let the configuration pass.
#}
{% macro stage_seed(name) %}
-- depends_on: {{ ref('int_product_signals__gate') }}
{{ product_signals.config_select(name, fill_defaults=true) }}
{% endmacro %}
