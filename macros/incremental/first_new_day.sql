{#
    The first day that the last complete run, one since, or this one does not
    score; the first there is where everything is built anew, named so that
    scope is read in that case, too.

    run   latest_run()

    Reads the relation scope.
#}
{% macro first_new_day(run) %}
    {% if not run['is_partial'] %}
        {% do return(
            'least(scope.as_of_date, ' ~ product_signals.first_day() ~ ')'
        ) %}
    {% endif %}
    {% do return(product_signals.last_common_day(run) ~ ' + 1') %}
{% endmacro %}
