{#
    The key features that a user may use, and when: those of the account that
    is theirs at the time.
#}
{{ config(materialized='table') }}

select
    user_accounts.user_id,
    entitlements.feature,
    greatest(user_accounts.valid_from, entitlements.valid_from) as valid_from,
    least(user_accounts.valid_to, entitlements.valid_to) as valid_to
from {{ ref('int_product_signals__user_accounts') }} as user_accounts
inner join {{ ref('int_product_signals__entitlements') }} as entitlements
    on
        coalesce(user_accounts.account_id, '') = entitlements.account_id
        and user_accounts.valid_from < entitlements.valid_to
        and user_accounts.valid_to > entitlements.valid_from
where entitlements.is_key
