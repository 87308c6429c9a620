{# Ends the run with all errors at once, a line each, as far as anybody would
   read on; none, and it goes on. #}
{% macro stop_at(errors) %}
    {% if errors %}
        {% set lines = errors[:50] | map('replace', '\n', '\\n') %}
        {% do exceptions.raise_compiler_error(
            'product_signals built nothing, because of ' ~ errors | length
            ~ ' problem(s):\n- ' ~ lines | join('\n- ')
            ~ ('\n- and more' if errors | length > 50 else '')
        ) %}
    {% endif %}
{% endmacro %}
