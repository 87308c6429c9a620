{#
    The log of ended runs that earlier runs left behind, none before the
    first, nor where the bounds they left are gone. No refs: the log's last row
    is written when all else is done, so that nothing can wait for it.
#}
{% macro completed_runs() %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set found = [] %}
    {% for name in ['input_bounds', 'profile_bounds', 'ended_runs'] %}
        {% set node = graph.nodes[
            'model.product_signals.int_product_signals__' ~ name
        ] %}
        {% do found.append(adapter.get_relation(
            node['database'], node['schema'], node['alias']
        )) %}
    {% endfor %}
    {% do return(found[-1] if none not in found else none) %}
{% endmacro %}
