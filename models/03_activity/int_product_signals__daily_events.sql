{#
    The one scan of the raw events: accepted rows, redelivered ones counted
    once, by day, user, account, event and actor as they were sent. It knows
    no weight, no catalogue and no membership, so nothing that a user tunes
    makes this scan necessary again.
#}

with accepted as (

    select
        *,
        case
            when loaded_at > occurred_at + interval '1 day' then 1 else 0
        end as late_row
    from {{ ref('stg_product_signals__events') }}
    where reject_reason is null

),

deduplicated as (

    select
        event_date,
        user_id,
        account_id,
        event_name,
        actor_type,
        event_id,
        max(event_count) as event_count,
        max(event_value) as event_value,
        min(occurred_at) as occurred_at,
        count(*) as received_rows,
        max(late_row) as late_row
    from accepted
    group by
        event_date, user_id, account_id, event_name, actor_type, event_id

),

daily_events as (

    select
        event_date,
        user_id,
        account_id,
        event_name,
        actor_type,
        sum(event_count) as event_count,
        {# An event that happened zero times has no value and happened at no
           time. Decimals, so that their sum is the same in any order. #}
        sum(
            case
                when event_count > 0
                    then cast(event_value as numeric(38, 9))
            end
        ) as event_value,
        min(case when event_count > 0 then occurred_at end)
            as first_occurred_at,
        max(case when event_count > 0 then occurred_at end)
            as last_occurred_at,
        count(*) as accepted_rows,
        sum(received_rows) as received_rows,
        sum(late_row) as late_rows
    from deduplicated
    group by event_date, user_id, account_id, event_name, actor_type

)

select * from daily_events
