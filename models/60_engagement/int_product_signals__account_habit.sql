{#
    How much of a habit the product is to an account on a day: its active days
    of the last 180 as a percentage of the working days. In both, the latest 60
    days count four times as much as the oldest 60, and those between twice.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set windows = [60, 90, 120, 180] %}
{% set columns = [] %}
{% for days in windows %}
{% do columns.append('active_days_' ~ days) %}
{% endfor %}

with active_days as (

    select distinct
        account_id,
        event_date
    from {{ ref('int_product_signals__user_days') }}
    where
        account_id is not null
        and active_days > 0
        and {{ product_signals.in_rebuild('event_date', windows | last) }}

),

{# A day counts until it is too old for a window. #}
changes as (

    {% for days in windows %}
    {% for shift, sign in [('', ''), (' + ' ~ days, '-')] %}
    select
        account_id,
        event_date{{ shift }} as changed_on,
        {{- product_signals.amounts(
            columns, {'active_days_' ~ days: sign ~ '1'}
        ) }}
    from active_days
    {{ 'union all' if not (loop.last and days == windows | last) }}
    {% endfor %}
    {% endfor %}

),

counted as (

    {{ product_signals.running_account_days('changes', columns) }}

),

scored_days as (

    {{ product_signals.scored_days() }}

),

days as (

    select date_day
    from scored_days
    where {{ product_signals.in_rebuild('date_day') }}

),

workdays as (

    {{ product_signals.workday_habit('days') }}

)

select
    counted.account_id,
    counted.date_day,
    cast(counted.active_days_90 as integer) as active_days_90d,
    {# 4, 2 and 1 by age, as in habit_points(). Weekends can make up
       for missed working days, but 100 is the most. #}
    {{ product_signals.percent(
        'least(2 * counted.active_days_60 + counted.active_days_120'
        ~ ' + counted.active_days_180, workdays.points)',
        'workdays.points'
    ) }} as habit
from counted
inner join workdays
    on counted.date_day = workdays.date_day
