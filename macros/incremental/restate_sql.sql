{#
    Deletes what changed and inserts it anew, in one transaction: whoever reads
    meanwhile sees the old rows or the new ones.
#}
{% macro default__restate_sql(target, source, columns, predicates) %}
    {%- set names = get_quoted_csv(columns | map(attribute='name')) -%}
    {{ product_signals.restate_deletes(target, source, predicates) }}
    insert into {{ target }} ({{ names }})
    select {{ names }} from {{ source }}
{% endmacro %}

{# Of two runs at once the second waits, rather than looking at the table
   before the first has written to it. #}
{% macro postgres__restate_sql(target, source, columns, predicates) %}
    lock table {{ target }} in share row exclusive mode;
    {{ product_signals.default__restate_sql(
        target, source, columns, predicates
    ) }}
{% endmacro %}

{# Snowflake commits each statement that is in no transaction. #}
{% macro snowflake__restate_sql(target, source, columns, predicates) %}
    {% do return(snowflake_dml_explicit_transaction(
        product_signals.default__restate_sql(
            target, source, columns, predicates
        )
    )) %}
{% endmacro %}
