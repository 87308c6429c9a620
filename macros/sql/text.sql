{# An input column as text, the same in every warehouse: whole numbers have no
   decimals. #}
{% macro as_text(column_name, type) %}
    {% if type in ['number', 'quantity'] %}
        {% do return(
            'case when ' ~ column_name ~ ' = floor(' ~ column_name
            ~ ') then cast(cast(' ~ column_name ~ ' as bigint) as text)'
            ~ ' else cast(' ~ column_name ~ ' as text) end'
        ) %}
    {% endif %}
    {% do return('cast(' ~ column_name ~ ' as text)') %}
{% endmacro %}

{# True if a text is in a list a|b|c; a space beside | doesn't matter. #}
{% macro in_list(value, list) %}
    {% do return(
        "position(('|' || " ~ value ~ " || '|') in ('|' || replace(replace("
        ~ list ~ ", ' |', '|'), '| ', '|') || '|')) > 0"
    ) %}
{% endmacro %}

{#
    Columns as one text, to compare rows. Cells hold lists such as a|b.

    columns    names, or other expressions
    relation   the relation they are in, if names alone are ambiguous
#}
{% macro joined(columns, relation=none) %}
    {%- for column in columns -%}
    coalesce(cast({{ relation ~ '.' if relation }}{{ column }} as text), '')
    || '<|>'{{ ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    One row for each item of a list a|b|c. Items that are blank or there twice
    make no difference.

    relation   a relation with the key and the list
    key, list  its columns
    name       the column for the items
#}
{% macro listed_values(relation, key, list, name) %}
    {%- set item = 'trim(split_part(' ~ list ~ ", '|', numbers.number + 1))" %}
    select distinct
        {{ key }},
        {{ item }} as {{ name }}
    from {{ relation }}
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            <= length({{ list }}) - length(replace({{ list }}, '|', ''))
    where {{ item }} <> ''
{%- endmacro %}

{# A null of a type named as in config_spec() and input_spec(). #}
{% macro typed_null(type) %}
    {% set sql_types = {
        'text': 'text',
        'integer': 'integer',
        'number': 'double precision',
        'quantity': 'double precision',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp': 'timestamp',
    } %}
    {% do return('cast(null as ' ~ sql_types.get(type, 'text') ~ ')') %}
{% endmacro %}
