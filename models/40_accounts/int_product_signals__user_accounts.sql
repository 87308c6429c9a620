{#
    Which account a user belongs to, in periods without gaps: by the membership
    of the day, otherwise by the users input at that time, otherwise by the
    user's latest event until then.

    is_there   the users input had the user then, not as internal
#}

with users as (

    select entity_id as user_id
    from {{ ref('int_product_signals__entities') }}
    where entity = 'user'

),

attributes as (

    select attributes.*
    from {{ ref('int_product_signals__user_attributes') }} as attributes
    inner join users
        on attributes.user_id = users.user_id

),

{# Only users without an account in the users input need their events. #}
without_account as (

    select distinct users.user_id
    from users
    left join attributes
        on users.user_id = attributes.user_id
    where attributes.account_id is null

),

{# When a membership ends, no account (null) until the next event. It may have
   ended late on the day of valid_to, so nothing done there that day counts. #}
events_and_ends as (

    select
        activity.user_id,
        activity.event_date,
        activity.account_id,
        activity.last_occurred_at
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join without_account
        on activity.user_id = without_account.user_id
    left join {{ ref('stg_product_signals__memberships') }} as ended
        on
            activity.user_id = ended.user_id
            and activity.account_id = ended.account_id
            and activity.event_date = ended.valid_to
    where activity.account_id is not null and ended.user_id is null

    union all

    select
        user_id,
        valid_to - 1 as event_date,
        {{ product_signals.typed_null('text') }} as account_id,
        {{ product_signals.typed_null('timestamp') }} as last_occurred_at
    from {{ ref('stg_product_signals__memberships') }}

),

account_days as (

    select
        user_id,
        event_date,
        account_id,
        row_number() over (
            partition by user_id, event_date
            order by
                case when account_id is null then 0 else 1 end,
                last_occurred_at desc,
                account_id
        ) as choice
    from events_and_ends

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
    where account_id is distinct from previous_account_id

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
    select user_id, valid_from as bound from attributes
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
            attributes.account_id,
            event_accounts.account_id
        ) as account_id,
        coalesce(attributes.is_there and not attributes.is_internal, false)
            as is_there
    from cut
    inner join users
        on cut.user_id = users.user_id
    left join attributes
        on
            cut.user_id = attributes.user_id
            and cut.valid_from >= attributes.valid_from
            and cut.valid_from < attributes.valid_to
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
