{#
    The value at a path in a JSON column, as text; of a list its first item.

    json   the column, whatever the warehouse calls its type
    path   names, from the outside in, and positions in lists, from 0:
           ['$groups', 'company']
    kind   as in kind_of(): text has to be read as JSON first
#}
{% macro json_text(json, path, kind='other') %}
    {% do return(
        adapter.dispatch('json_text', 'product_signals')(json, path, kind)
    ) %}
{% endmacro %}

{% macro default__json_text(json, path, kind) %}
    {% set variant = 'parse_json(' ~ json ~ ')' if kind == 'text' else json %}
    {% set place = product_signals.json_place(path, '["', '"]') %}
    {% set item = product_signals.text_literal(place ~ '[0]') %}
    {% set value = product_signals.text_literal(place) %}
    {% do return(product_signals.first_or_only(
        'cast(get_path(' ~ variant ~ ', ' ~ item ~ ') as text)',
        'cast(get_path(' ~ variant ~ ', ' ~ value ~ ') as text)'
    )) %}
{% endmacro %}

{% macro duckdb__json_text(json, path, kind) %}
    {% set place = '$' ~ product_signals.json_place(path, '."', '"') %}
    {% set item = product_signals.text_literal(place ~ '[0]') %}
    {% set value = product_signals.text_literal(place) %}
    {% do return(product_signals.first_or_only(
        'json_extract_string(' ~ json ~ ', ' ~ item ~ ')',
        'json_extract_string(' ~ json ~ ', ' ~ value ~ ')'
    )) %}
{% endmacro %}

{% macro postgres__json_text(json, path, kind) %}
    {% set names = [] %}
    {% for name in path %}
        {% do names.append(product_signals.text_literal(name | string)) %}
    {% endfor %}
    {% set value = 'jsonb_extract_path_text(cast(' ~ json ~ ' as jsonb), '
        ~ names | join(', ') %}
    {% do return(product_signals.first_or_only(
        value ~ ", '0')", value ~ ')'
    )) %}
{% endmacro %}

{# A path as text, with before and after around names. #}
{% macro json_place(path, before, after) %}
    {% set parts = [] %}
    {% for step in path %}
        {% do parts.append(
            '[' ~ step ~ ']' if step is number else before ~ step ~ after
        ) %}
    {% endfor %}
    {% do return(parts | join) %}
{% endmacro %}

{% macro first_or_only(item, value) %}
    {% do return(
        'coalesce(nullif(' ~ item ~ ", ''), nullif(nullif(" ~ value
        ~ ", ''), '[]'))"
    ) %}
{% endmacro %}
