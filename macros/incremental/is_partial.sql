{#
    Whether this model is brought up to date in this run: it is there already,
    and nothing changed that all of it depends on.

    entity   user or account, where its rows are restated by those

    Gives false or, for such an entity, what lets a warehouse leave older parts
    of a table alone, as literals: since, the first day that is restated for
    any of them, and period_days, the longest period of a profile.
#}
{% macro is_partial(entity=none) %}
    {% do ref('int_product_signals__runs') %}
    {% set relations = [] %}
    {% set profiles = ref('stg_product_signals__score_profiles') %}
    {% if entity %}
        {% do relations.append((
            ref('int_product_signals__restated_' ~ entity ~ 's'), 'first_day'
        )) %}
        {% do relations.append((
            ref('int_product_signals__restated_days'), 'date_day'
        )) %}
    {% endif %}
    {% if not is_incremental()
            or not product_signals.latest_run()['is_partial'] %}
        {% do return(false) %}
    {% endif %}
    {% set days = [product_signals.last_day()] %}
    {% for relation, column in relations %}
        {% do days.append(product_signals.first_day_of(relation, column)) %}
    {% endfor %}
    {% do return({
        'since': days | min,
        'period_days': run_query(
            'select max(period_days) from ' ~ profiles
        ).rows[0][0] if entity else none,
    }) %}
{% endmacro %}
