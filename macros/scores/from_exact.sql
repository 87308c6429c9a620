{# A sum of exact() points as the points it stands for. #}
{% macro from_exact(points) %}
    {% do return('((' ~ points ~ ') / 1e8)') %}
{% endmacro %}
