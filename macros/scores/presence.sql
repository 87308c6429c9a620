{#
    The periods in which something happened within the last so many days.

    A day on which it happens counts from then on for as long as the window
    goes; days close enough to each other make one period. This is how
    distinct things are counted over trailing windows here: a period is one up
    and one down, and a running total of those never counts anything twice,
    which sums of distinct counts do.

    relation   one row per key and event_date
    keys       columns, separated by commas
    days       the window: a number, or a column that is fixed per key

    Gives the keys, valid_from and valid_to (half-open days).
#}
{% macro presence(relation, keys, days) %}
    select
        {{ keys }},
        event_date as valid_from,
        coalesce(
            lead(previous_date) over (
                partition by {{ keys }} order by event_date
            ),
            last_date
        ) + {{ days }} as valid_to
    from (
        select
            *,
            lag(event_date) over (
                partition by {{ keys }} order by event_date
            ) as previous_date,
            max(event_date) over (partition by {{ keys }}) as last_date
        from {{ relation }}
    ) as spaced
    where previous_date is null or event_date - previous_date >= {{ days }}
{%- endmacro %}
