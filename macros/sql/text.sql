{# A column of an input as text: a whole number without decimals, the same in
   every warehouse. #}
{% macro as_text(column_name, type) %}
    {% if type == 'number' %}
        {% do return(
            'case when ' ~ column_name ~ ' = floor(' ~ column_name
            ~ ') then cast(cast(' ~ column_name ~ ' as bigint) as text)'
            ~ ' else cast(' ~ column_name ~ ' as text) end'
        ) %}
    {% endif %}
    {% do return('cast(' ~ column_name ~ ' as text)') %}
{% endmacro %}

{# True where a text is one of a list a|b|c; a blank beside | doesn't matter. #}
{% macro in_list(value, list) %}
    {% do return(
        "position(('|' || " ~ value ~ " || '|') in ('|' || replace(replace("
        ~ list ~ ", ' |', '|'), '| ', '|') || '|')) > 0"
    ) %}
{% endmacro %}

{#
    Columns as one text, to compare rows by. Cells hold lists such as a|b.

    columns    names, or other expressions
    relation   what the columns are of, where names alone would not tell
#}
{% macro joined(columns, relation=none) %}
    {%- for column in columns -%}
    coalesce(cast({{ relation ~ '.' if relation }}{{ column }} as text), '')
    || '<|>'{{ ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    A row for each part of a list a|b|c, which has at most so many.

    relation   a relation with the key and the list
    key, list  its columns
    name       the column to give the parts in
#}
{% macro listed_values(relation, key, list, name) %}
    select
        {{ key }},
        trim(split_part({{ list }}, '|', numbers.number + 1)) as {{ name }}
    from {{ relation }}
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            <= length({{ list }}) - length(replace({{ list }}, '|', ''))
{%- endmacro %}

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
    {% do return('cast(null as ' ~ sql_types.get(type, 'text') ~ ')') %}
{% endmacro %}
