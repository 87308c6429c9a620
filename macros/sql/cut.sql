{#
    Periods between bounds: one row from each bound of a key to its next.

    bounds   a relation with the key column and bound, a day; one may be
             there many times
    key      the column, or columns separated by commas
#}
{% macro cut(bounds, key) %}
    select
        {{ key }},
        valid_from,
        valid_to
    from (
        select
            {{ key }},
            bound as valid_from,
            lead(bound) over (
                partition by {{ key }} order by bound
            ) as valid_to
        from {{ bounds }}
    ) as all_bounds
    where valid_from < valid_to
{%- endmacro %}
