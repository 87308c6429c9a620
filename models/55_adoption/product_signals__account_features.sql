{{ product_signals.public() }}

with features as (

    {{ product_signals.seed('features') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{# Grouping by user first is several times faster than a distinct count. #}
user_use as (

    select
        account_id,
        feature,
        user_id,
        min(event_date) as first_used_on,
        max(event_date) as last_used_on
    from {{ ref('int_product_signals__daily_activity') }}
    where account_id is not null and feature is not null
    group by account_id, feature, user_id

),

account_use as (

    select
        user_use.account_id,
        user_use.feature,
        min(user_use.first_used_on) as first_used_on,
        max(user_use.last_used_on) as last_used_on,
        count(*) as users,
        count(
            case
                when
                    user_use.last_used_on
                    > scope.as_of_date - {{ var('adoption_window_days') }}
                    then 1
            end
        ) as users_in_window
    from user_use
    cross join scope
    group by user_use.account_id, user_use.feature

),

entitled_now as (

    select distinct
        entitlements.account_id,
        entitlements.feature
    from {{ ref('int_product_signals__entitlements') }} as entitlements
    inner join scope
        on
            scope.as_of_date >= entitlements.valid_from
            and scope.as_of_date < entitlements.valid_to

)

select
    accounts.account_id,
    features.feature,
    features.feature_name,
    features.is_key,
    features.is_differentiated,
    case
        when account_use.users_in_window > 0 then 'used'
        when account_use.users > 0 then 'lapsed'
        when entitled_now.feature is null then 'not_entitled'
        else 'never'
    end as status,
    entitled_now.feature is not null as is_entitled,
    account_use.first_used_on,
    account_use.last_used_on,
    cast(coalesce(account_use.users, 0) as integer) as users,
    cast(coalesce(account_use.users_in_window, 0) as integer)
        as users_in_window
from {{ ref('stg_product_signals__accounts') }} as accounts
inner join {{ ref('int_product_signals__entities') }} as entities
    on
        accounts.account_id = entities.entity_id
        and entities.entity = 'account'
inner join scope
    on entities.begins_on <= scope.as_of_date
cross join features
left join account_use
    on
        accounts.account_id = account_use.account_id
        and features.feature = account_use.feature
left join entitled_now
    on
        accounts.account_id = entitled_now.account_id
        and features.feature = entitled_now.feature
