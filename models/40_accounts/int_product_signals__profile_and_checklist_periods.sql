{#
    Which score profiles and activation checklists fit a user or account, and
    when. On each day, the main profile and the main checklist are those with
    the lowest priority.

    A profile's account filter also selects the users of those accounts; its
    user filter lets every account pass. A user checklist filters on a user
    attribute or else on one of the account. Unknown ids have no checklists.
#}
{% set user_attributes = product_signals.filter_attributes('user') %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

activation_checklists as (

    {{ product_signals.seed('activation_checklists') }}

),

filters as (

    select
        'profile' as kind,
        profile,
        cast(null as text) as checklist,
        cast(null as text) as entity,
        priority,
        filter_entity,
        filter_attribute,
        filter_values
    from score_profiles

    union all

    select
        'checklist' as kind,
        null as profile,
        checklist,
        entity,
        priority,
        case
            when
                entity = 'user'
                and filter_attribute in (
                    '{{ user_attributes | join("', '") }}'
                )
                then 'user'
            else 'account'
        end as filter_entity,
        filter_attribute,
        filter_values
    from activation_checklists

),

attribute_periods as (

    select *
    from {{ ref('int_product_signals__attribute_periods') }}
    where attribute in (select filter_attribute from filters)

),

user_accounts as (

    select * from {{ ref('int_product_signals__user_accounts') }}

),

{# Nothing that a filter looks at changes between two bounds. #}
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

),

matching as (

    select
        entity_periods.entity,
        entity_periods.entity_id,
        entity_periods.account_id,
        entity_periods.valid_from,
        entity_periods.valid_to,
        filters.kind,
        filters.profile,
        filters.checklist,
        filters.priority
    from entity_periods
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entity_periods.entity = entities.entity
            and entity_periods.entity_id = entities.entity_id
    inner join filters
        on
            entity_periods.entity
            = coalesce(filters.entity, entity_periods.entity)
            and (filters.kind = 'profile' or entities.is_known)
    left join attribute_periods as attributes
        on
            filters.filter_attribute = attributes.attribute
            and filters.filter_entity = attributes.entity
            and attributes.entity_id = case
                when filters.filter_entity = 'account'
                    then entity_periods.account_id
                else entity_periods.entity_id
            end
            and entity_periods.valid_from >= attributes.valid_from
            and entity_periods.valid_from < attributes.valid_to
    where
        filters.filter_attribute is null
        or (
            filters.kind = 'profile'
            and filters.filter_entity = 'user'
            and entity_periods.entity = 'account'
        )
        or {{ product_signals.in_list(
            'attributes.value', 'filters.filter_values'
        ) }}

)

select
    entity,
    entity_id,
    account_id,
    profile,
    checklist,
    valid_from,
    valid_to,
    row_number() over (
        partition by kind, entity, entity_id, valid_from
        order by priority, profile, checklist
    ) = 1 as is_main
from matching
