{# Whether there is enough to learn a score from: how many of three requirements
   are met, each a band. #}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

bands as (

    {{ product_signals.seed('bands') }}

),

learned_from as (

    select
        'learned_event_types' as metric,
        'event types' as name,
        1 as place,
        count(distinct events.event_name) as amount
    from {{ ref('int_product_signals__daily_events') }} as events
    inner join scope
        on events.event_date <= scope.as_of_date

    union all

    select
        'learned_history_days' as metric,
        'days of history' as name,
        2 as place,
        as_of_date - history_start + 1 as amount
    from scope

    union all

    select
        'learned_outcomes' as metric,
        'accounts that left or are lost' as name,
        3 as place,
        count(*) as amount
    from {{ ref('int_product_signals__account_metrics') }} as accounts
    inner join scope
        on accounts.as_of_date = scope.as_of_date
    where
        accounts.lifecycle_stage = 'churned'
        or {{ product_signals.band(
            'inactive_days', 'accounts.days_since_last_active'
        ) }} = 'lost'

)

select
    sum(
        case when learned_from.amount >= bands.lower_bound then 1 else 0 end
    ) as requirements_met,
    {{ dbt.listagg(
        measure="cast(learned_from.amount as text) || ' ' ||"
        ~ " learned_from.name || coalesce(' (' || cast(cast("
        ~ "bands.lower_bound as integer) as text) || ' needed)', '')",
        delimiter_text="', '",
        order_by_clause='order by learned_from.place'
    ) }} as detail
from learned_from
left join bands
    on learned_from.metric = bands.metric and bands.band = 'enough'
