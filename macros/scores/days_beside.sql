{#
    The columns previous_date and next_date of rows with an event_date: the
    nearest ones of the same keys. A day may be there twice.

    keys   columns, separated by commas
#}
{% macro days_beside(keys) %}
    lag(event_date) over (
        partition by {{ keys }} order by event_date
    ) as previous_date,
    lead(event_date) over (
        partition by {{ keys }} order by event_date
    ) as next_date
{%- endmacro %}
