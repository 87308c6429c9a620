{#
    Figures of all accounts together on each day: how many fall at once,
    whether events still arrive, and what is usual for both. They show tracking
    faults, which hit many accounts at once.

    Usual is what 99 of 100 days of a year did not exceed. That year ended four
    weeks ago, so that a lasting fault does not become usual. Null with less
    than four weeks of it.
#}
{{ config(materialized='table') }}
{% set rhythm_days = 365 %}
{% set recent_days = 28 %}
{% set least_days = 28 %}

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

),

product_days as (

    select
        dates.date_day,
        coalesce(accounts.compared_accounts, 0) as compared_accounts,
        coalesce(accounts.falling_accounts, 0) as falling_accounts,
        {{ product_signals.percent(
            'accounts.falling_accounts', 'accounts.compared_accounts'
        ) }} as falling_account_rate,
        dates.date_day - events.last_event_on as days_since_last_event
    from dates
    inner join events
        on dates.date_day = events.date_day
    left join accounts
        on dates.date_day = accounts.as_of_date

),

usual as (

    select
        product_days.date_day,
        {%- for figure in ['falling_account_rate', 'days_since_last_event'] %}
        percentile_cont(0.99) within group (
            order by cast(earlier.{{ figure }} as double precision)
        ) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from product_days
    inner join product_days as earlier
        on
            earlier.date_day < product_days.date_day - {{ recent_days }}
            and earlier.date_day
            >= product_days.date_day - {{ recent_days + rhythm_days }}
    group by product_days.date_day
    having count(*) >= {{ least_days }}

)

select
    'all' as product_id,
    product_days.date_day as as_of_date,
    cast(null as text) as profile,
    cast(product_days.compared_accounts as integer) as compared_accounts,
    cast(product_days.falling_accounts as integer) as falling_accounts,
    product_days.falling_account_rate,
    {{ product_signals.rounded('usual.falling_account_rate') }}
        as usual_falling_rate,
    {{ product_signals.rounded(
        'product_days.falling_account_rate - usual.falling_account_rate'
    ) }} as falling_beyond_usual,
    cast(product_days.days_since_last_event as integer)
        as days_since_last_event,
    {{ product_signals.rounded('usual.days_since_last_event') }}
        as usual_gap_days,
    {{ product_signals.rounded(
        'product_days.days_since_last_event - usual.days_since_last_event'
    ) }} as gap_beyond_usual
from product_days
left join usual
    on product_days.date_day = usual.date_day
