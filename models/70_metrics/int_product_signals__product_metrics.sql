{#
    What can be said of all accounts together on each day: how many fall at
    once, and whether events still arrive. A fault of the tracking looks like
    this, and a thousand accounts with the same trouble do not.
#}
{{ config(materialized='table') }}

with dates as (

    {{ product_signals.scored_days() }}

),

accounts as (

    select
        as_of_date,
        count(*) as compared_accounts,
        count(case when trend = 'falling' then 1 end) as falling_accounts
    from {{ ref('int_product_signals__account_metrics') }}
    where lifecycle_stage <> 'churned' and previous_score > 0
    group by as_of_date

),

event_days as (

    select distinct event_date
    from {{ ref('int_product_signals__daily_activity') }}

),

events as (

    select
        dates.date_day,
        max(event_days.event_date) over (
            order by dates.date_day rows unbounded preceding
        ) as last_event_on
    from dates
    left join event_days
        on dates.date_day = event_days.event_date

)

select
    'all' as product_id,
    dates.date_day as as_of_date,
    cast(null as text) as profile,
    cast(coalesce(accounts.compared_accounts, 0) as integer)
        as compared_accounts,
    cast(coalesce(accounts.falling_accounts, 0) as integer)
        as falling_accounts,
    {{ product_signals.percent(
        'accounts.falling_accounts', 'accounts.compared_accounts'
    ) }} as falling_account_rate,
    cast(dates.date_day - events.last_event_on as integer)
        as days_since_last_event
from dates
inner join events
    on dates.date_day = events.date_day
left join accounts
    on dates.date_day = accounts.as_of_date
