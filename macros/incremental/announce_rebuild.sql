{# One line in dbt's log: from which day the run builds again, and why. #}
{% macro announce_rebuild() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if execute and is_incremental() and load_relation(scope)
            and flags.WHICH in ('run', 'build') %}
        {% set row = run_query(
            'select cast(rebuild_from as text), rebuild_reason,'
            ~ ' cast(history_start as text) from ' ~ scope
        ).rows[0] %}
        {% do log(
            'product_signals: builds again from ' ~ [row[0], row[2]] | max
            ~ ' (' ~ row[1] ~ ')', info=true
        ) %}
    {% endif %}
{% endmacro %}
