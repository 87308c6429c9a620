{#
    The first day that this run builds again, as a literal; none where the
    model is built in full, as it is from the first scored day on.
#}
{% macro rebuild_from() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if not is_incremental() or not load_relation(scope) %}
        {% do return(none) %}
    {% endif %}
    {% set days = run_query(
        'select rebuild_from, history_start from ' ~ scope
    ).rows[0].values() | map('string') | list %}
    {% if days[0] <= days[1] %}
        {% do return(none) %}
    {% endif %}
    {% do return("cast('" ~ days[0][:10] ~ "' as date)") %}
{% endmacro %}
