{#
    A private table as the run before left it, none where there is none. Not a
    ref: it is read before this run builds it.

    name   the model's, without its prefix
#}
{% macro left_behind(name) %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set node = graph.nodes[
        'model.product_signals.int_product_signals__' ~ name
    ] %}
    {% do return(adapter.get_relation(
        node['database'], node['schema'], node['alias']
    )) %}
{% endmacro %}
