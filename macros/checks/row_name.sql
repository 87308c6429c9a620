{# A seed's row by its key, as a message names it: weight_set=a, event=b. #}
{% macro row_name(columns, relation=none) %}
    {% set parts = [] %}
    {% for column in columns %}
        {% set cell = (relation ~ '.' if relation else '') ~ column %}
        {% do parts.append(
            "'" ~ column ~ "=' || coalesce(cast(" ~ cell
            ~ " as text), '(empty)')"
        ) %}
    {% endfor %}
    {% do return(parts | join(" || ', ' || ")) %}
{% endmacro %}
