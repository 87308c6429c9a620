{# What an active day counts for, by its age in days: four times as much at first
   as in the last 60 of 180 days. #}
{% macro habit_points(age) -%}
    case
        when {{ age }} < 60 then 4
        when {{ age }} < 120 then 2
        when {{ age }} < 180 then 1
        else 0
    end
{%- endmacro %}

{#
    The habit of somebody active on every Monday to Friday, which makes 100:
    date_day and points.

    days   a relation with date_day
#}
{% macro workday_habit(days) %}
    select
        days.date_day,
        sum({{ product_signals.habit_points('numbers.number') }}) as points
    from {{ days }} as days
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < 180
    where {{ product_signals.days_since_sunday(
        'days.date_day - numbers.number'
    ) }} between 1 and 5
    group by days.date_day
{%- endmacro %}
