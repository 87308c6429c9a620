{# The metrics of an entity as the metrics seed knows them: name -> type. #}
{% macro metric_types(entity) %}
    {% set metrics = product_signals.seed('metrics') %}
    {% set types = {} %}
    {% if product_signals.is_loaded('metrics') %}
        {% for row in run_query(
            'select metric, value_type from (' ~ metrics
            ~ ") as metrics where entity = '" ~ entity ~ "' order by metric"
        ) %}
            {% do types.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {% do return(types) %}
{% endmacro %}
