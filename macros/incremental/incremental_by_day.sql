{#
    Makes the model incremental: a run deletes its rows from one day on, the
    rebuild_from of int_product_signals__scope, and inserts what its query
    gives. The query selects those days with in_rebuild().

    day   the model's day column
#}
{% macro incremental_by_day(day) %}
    {% do ref('int_product_signals__scope') %}
    {% do product_signals.incremental_by('day', day) %}
{% endmacro %}
