{# Makes the model a table for users: in the schema of the project, shown in its
   docs, and open to its refs. Any other model is private. #}
{% macro public() %}
    {{ config(access='public', schema=none, docs={'show': true}) }}
{% endmacro %}
