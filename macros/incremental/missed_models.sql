{# The package's models that this run leaves out. #}
{% macro missed_models() %}
    {% set missed = [] %}
    {% if execute %}
        {% for id, node in graph.nodes.items() %}
            {% if node['package_name'] == 'product_signals'
                    and node['resource_type'] == 'model'
                    and id not in selected_resources %}
                {% do missed.append(node['name']) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(missed) %}
{% endmacro %}
