{#
    The columns of an input as {name in lower case: column}: its name in
    quotes, as the warehouse has it, its kind of type, and whether that holds
    whole numbers only. Or none where that cannot be known, as in
    column_types().
#}
{% macro input_columns(relation) %}
    {% if not relation %}
        {% do return({}) %}
    {% endif %}
    {% if not execute or relation.is_cte %}
        {% do return(none) %}
    {% endif %}
    {% set columns = {} %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do columns.update({column.name | lower: {
            'name': adapter.quote(column.name),
            'kind': product_signals.kind_of(column.data_type),
            'is_whole': modules.re.search(
                'int|, ?0[)]$', column.data_type | lower
            ) is not none,
        }}) %}
    {% endfor %}
    {% do return(columns or none) %}
{% endmacro %}
