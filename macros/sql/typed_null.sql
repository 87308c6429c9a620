{# A null of a type named as in config_spec() and input_spec(). #}
{% macro typed_null(type) %}
    {% set sql_types = {
        'text': 'text',
        'integer': 'integer',
        'number': 'double precision',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp': 'timestamp',
    } %}
    {% do return('cast(null as ' ~ sql_types[type] ~ ')') %}
{% endmacro %}
