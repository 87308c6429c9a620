{#
    The last day that this run scores, and that the last complete one and all
    since have; the last there is where everything is built anew, so that no
    day comes after it, named so that scope is read in that case, too.

    run   latest_run()

    Reads the relation scope.
#}
{% macro last_common_day(run) %}
    {% if not run['is_partial'] %}
        {% do return(
            'greatest(scope.as_of_date, ' ~ product_signals.last_day() ~ ')'
        ) %}
    {% endif %}
    {% do return(
        "least(scope.as_of_date, cast('" ~ run['earliest_as_of_date']
        ~ "' as date))"
    ) %}
{% endmacro %}
