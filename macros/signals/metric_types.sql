{# The metrics of an entity as the metrics seed knows them: name -> type. #}
{% macro metric_types(entity) %}
    {% set metrics = ref('stg_product_signals__metrics') %}
    {% set types = {} %}
    {% if execute and load_relation(metrics) %}
        {% for row in run_query(
            'select metric, value_type from ' ~ metrics
            ~ " where entity = '" ~ entity ~ "' order by metric"
        ) %}
            {% do types.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {% do return(types) %}
{% endmacro %}
