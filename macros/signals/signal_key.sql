{# What makes a signal of an entity the same one tomorrow. Lengths keep ids
   with a separator in them apart. #}
{% macro signal_key(relation) %}
    {% do return(
        relation ~ ".signal || '|' || " ~ relation ~ ".entity || '|' || cast("
        ~ 'length(' ~ relation ~ ".entity_id) as text) || '|' || "
        ~ relation ~ '.entity_id'
    ) %}
{% endmacro %}
