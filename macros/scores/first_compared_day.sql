{#
    The first day on which the prior window, too, is whole: by then the entity
    and the history have lasted for two periods. Reads the relation scope.

    begins_on     the entity's first day
    period_days   the period of its profile
#}
{% macro first_compared_day(begins_on, period_days) -%}
    greatest({{ begins_on }}, scope.history_start) + 2 * {{ period_days }} - 1
{%- endmacro %}
