{# True where a text is one of a list a|b|c; a blank beside | doesn't matter. #}
{% macro in_list(value, list) %}
    {% do return(
        "position(('|' || " ~ value ~ " || '|') in ('|' || replace(replace("
        ~ list ~ ", ' |', '|'), '| ', '|') || '|')) > 0"
    ) %}
{% endmacro %}
