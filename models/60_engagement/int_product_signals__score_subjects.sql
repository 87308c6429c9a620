{#
    What is scored: a user as a whole, and a user's part in an account.

    Nearly all users have events only for the one account they belong to. They
    are both at once, so that they are added up only once. Any other user is
    one subject as a whole and one more for each account.
#}

with user_accounts as (

    select
        user_id,
        count(*) as account_count,
        max(account_id) as only_account_id
    from (
        select distinct user_id, coalesce(account_id, '') as account_id
        from {{ ref('int_product_signals__user_days') }}
    ) as distinct_accounts
    group by user_id

),

own_accounts as (

    select
        user_id,
        count(*) as own_count,
        max(account_id) as own_account_id
    from (
        select distinct user_id, account_id
        from {{ ref('int_product_signals__user_accounts') }}
    ) as distinct_own_accounts
    group by user_id

),

users as (

    select
        user_accounts.user_id,
        user_accounts.only_account_id,
        coalesce(
            user_accounts.account_count = 1
            and own_accounts.own_count = 1
            and user_accounts.only_account_id = own_accounts.own_account_id,
            false
        ) as is_simple
    from user_accounts
    inner join own_accounts
        on user_accounts.user_id = own_accounts.user_id

),

subjects as (

    select
        user_id,
        case when is_simple then only_account_id end as account_id,
        true as is_user
    from users

    union all

    select distinct
        users.user_id,
        user_days.account_id,
        false as is_user
    from users
    inner join {{ ref('int_product_signals__user_days') }} as user_days
        on users.user_id = user_days.user_id
    where not users.is_simple and user_days.account_id is not null

)

{# Numbers are sorted and compared several times faster than names. #}
select
    user_id,
    account_id,
    is_user,
    row_number() over (
        order by user_id, is_user, account_id
    ) as subject_number
from subjects
