{#
    The run under way, or else the last one: its row of
    int_product_signals__runs as a dict, with is_partial in it: whether tables
    may be brought up to date rather than built anew. They may not while dbt
    parses, nor before a first run.
#}
{% macro latest_run() %}
    {% set runs = ref('int_product_signals__runs') %}
    {% set run = {'is_partial': false} %}
    {% if execute and load_relation(runs) %}
        {% set rows = run_query(
            'select * from ' ~ runs ~ " order by case run_id when '"
            ~ invocation_id ~ "' then 0 else 1 end, run_number desc limit 1"
        ) %}
        {% for row in rows %}
            {% for name in rows.column_names %}
                {% do run.update({name | lower: row[name]}) %}
            {% endfor %}
            {% do run.update({'is_partial': not run['is_full']}) %}
        {% endfor %}
    {% endif %}
    {% do return(run) %}
{% endmacro %}
