{#
    The last day that the last complete run scored.

    run   latest_run()

    Reads the relation scope.
#}
{% macro previous_day(run) %}
    {% if not run['is_partial'] %}
        {% do return('scope.as_of_date') %}
    {% endif %}
    {% do return("cast('" ~ run['previous_as_of_date'] ~ "' as date)") %}
{% endmacro %}
