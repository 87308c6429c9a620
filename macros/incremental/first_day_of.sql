{# The earliest day in a column, as a literal, so that a warehouse need not
   look into older parts of a table. #}
{% macro first_day_of(relation, column) %}
    {% set day = none %}
    {% if execute and load_relation(relation) %}
        {% set day = run_query(
            'select min(' ~ column ~ ') from ' ~ relation
        ).rows[0][0] %}
    {% endif %}
    {% if day is none %}
        {% do return(product_signals.last_day()) %}
    {% endif %}
    {% do return("cast('" ~ (day | string)[:10] ~ "' as date)") %}
{% endmacro %}
