{#
    Every user and account that is known or has been seen, and the day it
    begins: the day of created_at; of an id nobody told us about, the day of
    its first event.
#}

with seen_users as (

    select
        user_id,
        min(event_date) as first_seen_on
    from {{ ref('int_product_signals__daily_activity') }}
    group by user_id

),

seen_accounts as (

    select
        account_id,
        min(event_date) as first_seen_on
    from {{ ref('int_product_signals__daily_activity') }}
    where account_id is not null
    group by account_id

),

entities as (

    select
        'user' as entity,
        coalesce(users.user_id, seen_users.user_id) as entity_id,
        coalesce(users.created_on, seen_users.first_seen_on) as begins_on,
        seen_users.first_seen_on,
        users.user_id is not null as is_known
    from {{ ref('stg_product_signals__users') }} as users
    full outer join seen_users
        on users.user_id = seen_users.user_id
    where not coalesce(users.is_internal, false)

    union all

    select
        'account' as entity,
        coalesce(accounts.account_id, seen_accounts.account_id) as entity_id,
        coalesce(accounts.created_on, seen_accounts.first_seen_on)
            as begins_on,
        seen_accounts.first_seen_on,
        accounts.account_id is not null as is_known
    from {{ ref('stg_product_signals__accounts') }} as accounts
    full outer join seen_accounts
        on accounts.account_id = seen_accounts.account_id

)

select * from entities
