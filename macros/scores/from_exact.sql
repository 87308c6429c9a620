{# A sum of exact() numbers as the number it stands for. #}
{% macro from_exact(number) %}
    {% do return('((' ~ number ~ ') / 1e6)') %}
{% endmacro %}
