{#
    The run under way, or else the last one: its row of
    int_product_signals__runs as a dict. Empty while dbt parses and before the
    first run.
#}
{% macro this_run() %}
    {% set runs = ref('int_product_signals__runs') %}
    {% set run = {} %}
    {% if execute and load_relation(runs) %}
        {% set rows = run_query(
            'select * from ' ~ runs ~ " order by case run_id when '"
            ~ invocation_id ~ "' then 0 else 1 end, run_number desc limit 1"
        ) %}
        {% for row in rows %}
            {% for name in rows.column_names %}
                {% do run.update({name | lower: row[name]}) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {% do return(run) %}
{% endmacro %}
