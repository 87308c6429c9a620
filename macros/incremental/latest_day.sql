{#
    The last day that the last complete run, or any since, has scored.

    run   latest_run()

    Reads the relation scope.
#}
{% macro latest_day(run) %}
    {% if not run['is_partial'] %}
        {% do return('scope.as_of_date') %}
    {% endif %}
    {% do return("cast('" ~ run['latest_as_of_date'] ~ "' as date)") %}
{% endmacro %}
