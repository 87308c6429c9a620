{#
    The columns of a relation as {name in lower case: data type}, or none if
    unknown: while parsing, and for a table not built yet.

    in_run   it is a seed or an input, which doesn't change during the run
#}
{% macro column_types(relation, in_run=false) %}
    {% if not execute or relation.is_cte %}
        {% do return(none) %}
    {% endif %}
    {% set columns = product_signals.columns_in_run(relation) if in_run
        else adapter.get_columns_in_relation(relation) %}
    {% set types = {} %}
    {% for column in columns %}
        {% do types.update({column.name | lower: column.data_type | lower}) %}
    {% endfor %}
    {% do return(types or none) %}
{% endmacro %}

{# The columns of a seed or an input, looked up once per run. #}
{% macro columns_in_run(relation) %}
    {% set known = product_signals.known_in_run() %}
    {% set key = 'columns of ' ~ relation %}
    {% if not known.get(key) %}
        {% do known.update({key: adapter.get_columns_in_relation(relation)}) %}
    {% endif %}
    {% do return(known[key]) %}
{% endmacro %}

{#
    What models of this run have read so far, for later ones: name -> value.
    Only for what is the same for all of them: otherwise it would depend on
    their order. dbt passes the same graph to every model, and maybe to another
    run's.
#}
{% macro known_in_run() %}
    {% do return(
        graph.setdefault('product_signals_' ~ invocation_id, {})
    ) %}
{% endmacro %}

{#
    dbt's ref(), for models of this package, without the limit that --empty
    sets: they were built empty anyway, and on Postgres dbt gives a limited
    relation an alias, besides the one after "as". Inputs keep the limit
    (input_relation).
#}
{% macro ref() %}
    {% set relation = builtins.ref(*varargs, **kwargs) %}
    {% do return(relation.replace(limit=none) if flags.EMPTY else relation) %}
{% endmacro %}

{# Makes the model public: in the project's schema, shown in its docs, and open
   to its refs. All other models are private. #}
{% macro public() %}
    {{ config(access='public', schema=none, docs={'show': true}) }}
    {{ product_signals.planner_settings() }}
{% endmacro %}
