{#
    Which segments an account is in, and when: "all", and one per attribute
    from the first day on which any account has a value ("unknown" if this one
    has none).
#}

with account_attributes as (

    select
        entity_id as account_id,
        attribute,
        value,
        valid_from,
        valid_to
    from {{ ref('int_product_signals__attribute_periods') }}
    where
        entity = 'account'
        and attribute in (
            '{{ product_signals.segment_attributes()
                | join("',\n            '") }}'
        )

),

accounts as (

    select
        entity_id as account_id,
        begins_on
    from {{ ref('int_product_signals__entities') }}
    where entity = 'account' and is_known

),

used_attributes as (

    select
        account_attributes.attribute,
        min(greatest(account_attributes.valid_from, accounts.begins_on))
            as used_from
    from account_attributes
    inner join accounts
        on account_attributes.account_id = accounts.account_id
    where
        account_attributes.value is not null
        and account_attributes.valid_to > accounts.begins_on
    group by account_attributes.attribute

)

select
    account_attributes.account_id,
    account_attributes.attribute,
    coalesce(account_attributes.value, 'unknown') as value,
    greatest(account_attributes.valid_from, used_attributes.used_from)
        as valid_from,
    account_attributes.valid_to
from account_attributes
inner join used_attributes
    on
        account_attributes.attribute = used_attributes.attribute
        and account_attributes.valid_to > used_attributes.used_from

union all

select
    account_id,
    'all' as attribute,
    'all' as value,
    {{ product_signals.first_day() }} as valid_from,
    {{ product_signals.last_day() }} as valid_to
from accounts
