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
