{#
    Whether history begins on another day than in the last complete run.

    run   latest_run()

    Reads the relation scope.
#}
{% macro history_moved(run) %}
    {% if not run['is_partial'] %}
        {% do return('false') %}
    {% endif %}
    {% do return(
        "scope.history_start <> cast('" ~ run['previous_history_start']
        ~ "' as date)"
    ) %}
{% endmacro %}
