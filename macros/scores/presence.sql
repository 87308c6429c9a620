{#
    The periods in which something happened within the last so many days.

    A day on which it happens counts from then on for as long as the window
    goes; days close enough to each other make one period. This is how
    distinct things are counted over trailing windows here: a period is one up
    and one down, and a running total of those never counts anything twice,
    which sums of distinct counts do.

    relation   rows with event_date and what days_beside() gives
    keys       columns, separated by commas
    days       the window: a number, or a column that is fixed per key

    Gives the keys, valid_from and valid_to (half-open days).
#}
{% macro presence(relation, keys, days) %}
    select
        {{ keys }},
        event_date as valid_from,
        last_date + {{ days }} as valid_to
    from (
        select
            *,
            case
                when is_last then event_date
                else lead(event_date) over (
                    partition by {{ keys }} order by event_date, is_last
                )
            end as last_date
        from (
            select
                *,
                coalesce(event_date - previous_date >= {{ days }}, true)
                    as is_first,
                coalesce(next_date - event_date >= {{ days }}, true)
                    as is_last
            from {{ relation }}
        ) as marked
        where is_first or is_last
    ) as bounds
    where is_first
{%- endmacro %}
