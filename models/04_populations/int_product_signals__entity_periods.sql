{#
    Users and accounts in periods in which nothing changes that a filter of a
    profile or a checklist looks at.
#}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

activation_checklists as (

    {{ product_signals.seed('activation_checklists') }}

),

filtered_attributes as (

    select filter_attribute as attribute
    from score_profiles
    where filter_attribute is not null
    union distinct
    select filter_attribute as attribute
    from activation_checklists
    where filter_attribute is not null

),

attribute_periods as (

    select attribute_periods.*
    from {{ ref('int_product_signals__attribute_periods') }}
        as attribute_periods
    inner join filtered_attributes
        on attribute_periods.attribute = filtered_attributes.attribute

),

user_accounts as (

    select * from {{ ref('int_product_signals__user_accounts') }}

),

entity_bounds as (

    select entity, entity_id, {{ product_signals.first_day() }} as bound
    from {{ ref('int_product_signals__entities') }}
    union all
    select entity, entity_id, {{ product_signals.last_day() }} as bound
    from {{ ref('int_product_signals__entities') }}
    union all
    select 'user' as entity, user_id as entity_id, valid_from as bound
    from user_accounts
    union all
    select
        attribute_periods.entity,
        attribute_periods.entity_id,
        attribute_periods.valid_from as bound
    from attribute_periods
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            attribute_periods.entity = entities.entity
            and attribute_periods.entity_id = entities.entity_id
    union all
    select
        'user' as entity,
        user_accounts.user_id as entity_id,
        attribute_periods.valid_from as bound
    from attribute_periods
    inner join user_accounts
        on
            attribute_periods.entity = 'account'
            and attribute_periods.entity_id = user_accounts.account_id
            and attribute_periods.valid_from > user_accounts.valid_from
            and attribute_periods.valid_from < user_accounts.valid_to

),

cut as (

    {{ product_signals.cut('entity_bounds', 'entity, entity_id') }}

),

entity_periods as (

    select
        cut.entity,
        cut.entity_id,
        case
            when cut.entity = 'account' then cut.entity_id
            else user_accounts.account_id
        end as account_id,
        cut.valid_from,
        cut.valid_to
    from cut
    left join user_accounts
        on
            cut.entity = 'user'
            and cut.entity_id = user_accounts.user_id
            and cut.valid_from >= user_accounts.valid_from
            and cut.valid_from < user_accounts.valid_to

)

select * from entity_periods
