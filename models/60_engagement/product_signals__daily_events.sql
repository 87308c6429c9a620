{{ product_signals.incremental_by_day('activity_date') }}
{{ product_signals.public() }}

with activity as (

    select daily_activity.*
    from {{ ref('int_product_signals__daily_activity') }} as daily_activity
    inner join {{ ref('int_product_signals__scope') }} as scope
        on daily_activity.event_date >= scope.history_start
    where {{ product_signals.in_rebuild('daily_activity.event_date') }}

)

select
    event_date as activity_date,
    event_name,
    feature,
    is_activity,
    cast(sum(event_count) as bigint) as events,
    cast(count(distinct user_id) as integer) as users,
    cast(count(distinct account_id) as integer) as accounts
from activity
group by event_date, event_name, feature, is_activity
