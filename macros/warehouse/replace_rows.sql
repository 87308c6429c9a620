{#
    Deletes and inserts the rebuilt rows in one transaction: readers see either
    the old rows or the new ones.
#}
{% macro default__replace_rows(target, source, columns, predicates) %}
    {%- set names = get_quoted_csv(columns | map(attribute='name')) -%}
    {{ product_signals.delete_rows(target, source, predicates) }}
    insert into {{ target }} ({{ names }})
    select {{ names }} from {{ source }}
{% endmacro %}

{# With two runs at once, the second waits instead of looking at the table
   before the first has written to it. #}
{% macro postgres__replace_rows(target, source, columns, predicates) %}
    lock table {{ target }} in share row exclusive mode;
    {{ product_signals.default__replace_rows(
        target, source, columns, predicates
    ) }}
{% endmacro %}

{# Snowflake commits each statement outside a transaction. #}
{% macro snowflake__replace_rows(target, source, columns, predicates) %}
    {% do return(snowflake_dml_explicit_transaction(
        product_signals.default__replace_rows(
            target, source, columns, predicates
        )
    )) %}
{% endmacro %}
