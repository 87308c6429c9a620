{#
    The first day, as a literal, from which figures of the whole product are
    restated.

    accounts   look at single accounts, too, whose rows can change from long
               before that
#}
{% macro first_restated_day(accounts=false) %}
    {% set day = product_signals.first_day_of(
        ref('int_product_signals__restated_days'), 'date_day'
    ) %}
    {% set restated = ref('int_product_signals__restated_accounts') %}
    {% if not accounts %}
        {% do return(day) %}
    {% endif %}
    {% do return(
        [day, product_signals.first_day_of(restated, 'first_day')] | min
    ) %}
{% endmacro %}
