{#
    Days on which everybody's rows are restated, because scores are relative:
    what one user does moves the benchmark of all.

    is_scored   scores can change. The days after that are here, too, for the
                slope of an account's scores still looks back on them, and so
                is the last day of the run before, which also showed accounts
                that had left.
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

numbers as (

    select * from {{ ref('int_product_signals__numbers') }}

),

{# A day counts in the current window, and for as long again in the prior. #}
counted_days as (

    select distinct user_days.event_date + numbers.number as date_day
    from (
        select distinct event_date
        from {{ ref('int_product_signals__restated_user_days') }}
    ) as user_days
    cross join (
        select max(period_days) as period_days
        from {{ ref('stg_product_signals__score_profiles') }}
    ) as profiles
    inner join numbers
        on numbers.number < 2 * profiles.period_days

),

{# Who is in another profile is so from then on. #}
first_days as (

    select {{ product_signals.first_new_day(run) }} as first_day
    from scope

    union all

    select min(first_day) as first_day
    from {{ ref('int_product_signals__changed_profiles') }}
    where kind = 'profile' and is_there

    union all

    select scope.history_start as first_day
    from scope
    where {{ product_signals.history_moved(run) }}

),

later_days as (

    select greatest(first_days.first_day, scope.history_start)
        + numbers.number as date_day
    from (select min(first_day) as first_day from first_days) as first_days
    cross join scope
    inner join numbers
        on
            numbers.number
            <= greatest(
                scope.as_of_date,
                {{ product_signals.latest_day(run) }}
            )
            - greatest(first_days.first_day, scope.history_start)

),

scored_days as (

    select date_day from counted_days
    union distinct
    select date_day from later_days
    {% if var('history_grain') == 'week' -%}
    {# A day that is no Sunday is there only while it is the last. #}
    union distinct
    select {{ product_signals.last_common_day(run) }} as date_day from scope
    {%- endif %}

),

restated as (

    select
        date_day,
        1 as is_scored
    from scored_days

    union all

    select distinct
        scored_days.date_day + numbers.number as date_day,
        0 as is_scored
    from scored_days
    inner join numbers
        on numbers.number < {{ product_signals.slope_days() }}

    union all

    select
        {{ product_signals.last_common_day(run) }} as date_day,
        0 as is_scored
    from scope

)

select
    restated.date_day,
    max(restated.is_scored) = 1 as is_scored
from restated
cross join scope
where
    restated.date_day
    <= greatest(scope.as_of_date, {{ product_signals.latest_day(run) }})
group by restated.date_day
