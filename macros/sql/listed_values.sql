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
