{#
    The package's models that this run leaves out. One that reads nothing is
    the same as ever: source:app+ does not have it, and misses nothing.
#}
{% macro missed_models() %}
    {% set missed = [] %}
    {% if execute %}
        {% for id, node in graph.nodes.items() %}
            {% if node['package_name'] == 'product_signals'
                    and node['resource_type'] == 'model'
                    and node['depends_on']['nodes']
                    and id not in selected_resources %}
                {% do missed.append(node['name']) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(missed) %}
{% endmacro %}
