{#
    Turns rows that are valid from one day to another into periods that don't
    overlap: on every day the row with the latest start wins, and one that
    was covered shows again where the later one ends.

    relation   has the key, starts_on and ends_on (half-open), and started_at
    key        the column whose rows are cut against each other
    columns    what to carry along; also settles ties, so that the order in
               which rows come does not matter

    Gives key, valid_from, valid_to (half-open, never null) and the columns.
#}
{% macro periods(relation, key, columns) %}
    select
        {{ key }},
        valid_from,
        valid_to,
        {{ columns | join(', ') }}
    from (
        select
            cut.{{ key }},
            cut.valid_from,
            cut.valid_to,
            {%- for column in columns %}
            given.{{ column }},
            {%- endfor %}
            row_number() over (
                partition by cut.{{ key }}, cut.valid_from
                order by
                    given.starts_on desc,
                    given.started_at desc,
                    given.ends_on
                    {%- for column in columns %}, given.{{ column }}
                    {%- endfor %}
            ) as choice
        from ({{ product_signals.cut(
            '(select ' ~ key ~ ', starts_on as bound from ' ~ relation
            ~ ' union all select ' ~ key ~ ', ends_on from ' ~ relation
            ~ ') as bounds', key
        ) }}) as cut
        inner join {{ relation }} as given
            on
                cut.{{ key }} = given.{{ key }}
                and cut.valid_from >= given.starts_on
                and cut.valid_from < given.ends_on
    ) as ranked
    where choice = 1
{%- endmacro %}
