{#
    Whether history begins on another day than in the last complete run, or in
    one since.

    run   latest_run()

    Reads the relation scope.
#}
{% macro history_moved(run) %}
    {% if not run['is_partial'] %}
        {% do return('false') %}
    {% endif %}
    {% do return(
        "(scope.history_start <> cast('" ~ run['earliest_history_start']
        ~ "' as date) or scope.history_start <> cast('"
        ~ run['latest_history_start'] ~ "' as date))"
    ) %}
{% endmacro %}
