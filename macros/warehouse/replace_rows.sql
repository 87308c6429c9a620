{#
    Deletes what is built again and inserts it, in one transaction: whoever
    reads meanwhile sees the old rows or the new ones.
#}
{% macro default__replace_rows(target, source, columns, predicates) %}
    {%- set names = get_quoted_csv(columns | map(attribute='name')) -%}
    {{ product_signals.delete_rows(target, source, predicates) }}
    insert into {{ target }} ({{ names }})
    select {{ names }} from {{ source }}
{% endmacro %}

{# Of two runs at once the second waits, rather than looking at the table
   before the first has written to it. #}
{% macro postgres__replace_rows(target, source, columns, predicates) %}
    lock table {{ target }} in share row exclusive mode;
    {{ product_signals.default__replace_rows(
        target, source, columns, predicates
    ) }}
{% endmacro %}

{# Snowflake commits each statement that is in no transaction. #}
{% macro snowflake__replace_rows(target, source, columns, predicates) %}
    {% do return(snowflake_dml_explicit_transaction(
        product_signals.default__replace_rows(
            target, source, columns, predicates
        )
    )) %}
{% endmacro %}
