{# Ends the run with all errors at once; none, and it goes on. #}
{% macro stop_at(errors) %}
    {% if errors %}
        {% do exceptions.raise_compiler_error(
            'product_signals built nothing, because of ' ~ errors | length
            ~ ' problem(s):\n- ' ~ errors | join('\n- ')
        ) %}
    {% endif %}
{% endmacro %}
