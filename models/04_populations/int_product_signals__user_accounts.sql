{#
    Which account a user belongs to, for all time without gaps: the membership
    of the day, else the account in the users input, else the account of the
    user's latest event up to then.
#}

with users as (

    select
        entities.entity_id as user_id,
        users.account_id
    from {{ ref('int_product_signals__entities') }} as entities
    left join {{ ref('stg_product_signals__users') }} as users
        on entities.entity_id = users.user_id
    where entities.entity = 'user'

),

{# Only users whom the users input gives no account need their events. #}
account_days as (

    select
        activity.user_id,
        activity.event_date,
        activity.account_id,
        row_number() over (
            partition by activity.user_id, activity.event_date
            order by activity.last_occurred_at desc, activity.account_id
        ) as choice
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join users
        on activity.user_id = users.user_id
    where users.account_id is null and activity.account_id is not null

),

chosen_days as (

    select
        user_id,
        account_id,
        event_date,
        lag(account_id) over (
            partition by user_id order by event_date
        ) as previous_account_id
    from account_days
    where choice = 1

),

event_accounts as (

    select
        user_id,
        account_id,
        event_date as valid_from,
        lead(event_date, 1, {{ product_signals.last_day() }}) over (
            partition by user_id order by event_date
        ) as valid_to
    from chosen_days
    where coalesce(previous_account_id <> account_id, true)

),

bounds as (

    select user_id, {{ product_signals.first_day() }} as bound from users
    union all
    select user_id, {{ product_signals.last_day() }} as bound from users
    union all
    select user_id, valid_from as bound
    from {{ ref('stg_product_signals__memberships') }}
    union all
    select user_id, valid_to as bound
    from {{ ref('stg_product_signals__memberships') }}
    union all
    select user_id, valid_from as bound from event_accounts

),

cut as (

    {{ product_signals.cut('bounds', 'user_id') }}

),

user_accounts as (

    select
        cut.user_id,
        cut.valid_from,
        cut.valid_to,
        coalesce(
            memberships.account_id,
            users.account_id,
            event_accounts.account_id
        ) as account_id
    from cut
    inner join users
        on cut.user_id = users.user_id
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            cut.user_id = memberships.user_id
            and cut.valid_from >= memberships.valid_from
            and cut.valid_from < memberships.valid_to
    left join event_accounts
        on
            cut.user_id = event_accounts.user_id
            and cut.valid_from >= event_accounts.valid_from
            and cut.valid_from < event_accounts.valid_to

)

select * from user_accounts
