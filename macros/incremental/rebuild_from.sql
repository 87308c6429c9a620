{#
    The first day that this run builds again, as a literal; none where the
    model is built in full.
#}
{% macro rebuild_from() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if not is_incremental() or not load_relation(scope) %}
        {% do return(none) %}
    {% endif %}
    {% set day = run_query(
        'select rebuild_from from ' ~ scope
    ).rows[0][0] | string %}
    {% if day[:10] == '1900-01-01' %}
        {% do return(none) %}
    {% endif %}
    {% do return("cast('" ~ day[:10] ~ "' as date)") %}
{% endmacro %}
