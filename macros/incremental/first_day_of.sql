{#
    The earliest day in a column, as a literal, so that a warehouse need not
    look into older parts of a table.

    relation   a table or view
    column     the column, or another expression
    rows       SQL: which of its rows
#}
{% macro first_day_of(relation, column, rows='1 = 1') %}
    {% set day = none %}
    {% if execute and load_relation(relation) %}
        {% set day = run_query(
            'select min(' ~ column ~ ') from ' ~ relation ~ ' where ' ~ rows
        ).rows[0][0] %}
    {% endif %}
    {% if day is none %}
        {% do return(product_signals.last_day()) %}
    {% endif %}
    {% do return("cast('" ~ (day | string)[:10] ~ "' as date)") %}
{% endmacro %}
