{# True where a text is one of a list a|b|c; blanks around | don't matter. #}
{% macro in_list(value, list) %}
    {% do return(
        "position(('|' || " ~ value ~ " || '|') in ('|' || replace(replace("
        ~ list ~ ", ' |', '|'), '| ', '|') || '|')) > 0"
    ) %}
{% endmacro %}
