{#
    The log of ended runs that earlier runs left behind, none before the
    first. Not a ref: its last row is written when all else is done, so that
    nothing can wait for it.
#}
{% macro completed_runs() %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set node = graph.nodes[
        'model.product_signals.int_product_signals__ended_runs'
    ] %}
    {% do return(adapter.get_relation(
        node['database'], node['schema'], node['alias']
    )) %}
{% endmacro %}
