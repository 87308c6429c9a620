{#
    The columns of a relation as {name in lower case: data type}, or none
    where it cannot be known: while parsing, and for a table not built yet.
#}
{% macro column_types(relation) %}
    {% if not execute or relation.is_cte %}
        {% do return(none) %}
    {% endif %}
    {% set types = {} %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do types.update({column.name | lower: column.data_type | lower}) %}
    {% endfor %}
    {% do return(types or none) %}
{% endmacro %}

{#
    dbt's ref(), for models of this package, without the limit that --empty
    sets: what they read of each other was built empty anyway, and on Postgres
    dbt gives a limited relation an alias, beside the one that follows "as".
    Inputs keep theirs (input_relation).
#}
{% macro ref() %}
    {% set relation = builtins.ref(*varargs, **kwargs) %}
    {% do return(relation.replace(limit=none) if flags.EMPTY else relation) %}
{% endmacro %}
