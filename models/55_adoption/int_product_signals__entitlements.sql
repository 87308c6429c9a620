{#
    When an account may use a feature: once it has launched, while it is in the
    account's plan. A feature without plans is in every plan. Accounts whose
    plan is unknown may use all features. The account '' is for users without
    one.
#}

with features as (

    {{ product_signals.seed('features') }}

),

accounts as (

    select entity_id as account_id
    from {{ ref('int_product_signals__entities') }}
    where entity = 'account'

    union distinct

    select coalesce(account_id, '') as account_id
    from {{ ref('int_product_signals__user_accounts') }}

),

plan_periods as (

    select
        accounts.account_id,
        attribute_periods.value as plan,
        coalesce(
            attribute_periods.valid_from, {{ product_signals.first_day() }}
        ) as valid_from,
        coalesce(
            attribute_periods.valid_to, {{ product_signals.last_day() }}
        ) as valid_to
    from accounts
    left join {{ ref('int_product_signals__attribute_periods') }}
        as attribute_periods
        on
            accounts.account_id = attribute_periods.entity_id
            and attribute_periods.entity = 'account'
            and attribute_periods.attribute = 'plan'

),

launches as (

    select
        feature,
        is_key,
        is_setting,
        plans,
        coalesce(launched_on, {{ product_signals.first_day() }}) as launched_on
    from features

),

entitlements as (

    select
        accounts.account_id,
        launches.feature,
        launches.is_key,
        launches.is_setting,
        launches.launched_on as valid_from,
        {{ product_signals.last_day() }} as valid_to
    from accounts
    cross join launches
    where launches.plans is null

    union all

    select
        plan_periods.account_id,
        launches.feature,
        launches.is_key,
        launches.is_setting,
        greatest(plan_periods.valid_from, launches.launched_on) as valid_from,
        plan_periods.valid_to
    from plan_periods
    inner join launches
        on
            plan_periods.plan is null
            or {{ product_signals.in_list(
                'plan_periods.plan', 'launches.plans'
            ) }}
    where
        launches.plans is not null
        and plan_periods.valid_to > launches.launched_on

)

select * from entitlements
