{# A column of an input: its name in quotes and its kind; columns as in
   input_columns(). #}
{% macro input_column(column_name, columns) %}
    {% do return((columns or {}).get(
        column_name, {'name': adapter.quote(column_name), 'kind': 'other'}
    )) %}
{% endmacro %}
