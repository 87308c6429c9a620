{#
    Which segments an account is in, and when: one per attribute that any
    account has a value of, "unknown" where this one has none, and "all".
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

used_attributes as (

    select distinct attribute
    from account_attributes
    where value is not null

)

select
    account_attributes.account_id,
    account_attributes.attribute,
    coalesce(account_attributes.value, 'unknown') as value,
    account_attributes.valid_from,
    account_attributes.valid_to
from account_attributes
inner join used_attributes
    on account_attributes.attribute = used_attributes.attribute

union all

select
    account_id,
    'all' as attribute,
    'all' as value,
    {{ product_signals.first_day() }} as valid_from,
    {{ product_signals.last_day() }} as valid_to
from {{ ref('stg_product_signals__accounts') }}
