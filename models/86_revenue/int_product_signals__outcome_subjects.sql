{#
    Accounts whose outcome is known, and the days before it could happen. Only
    use on those days counts: accounts that stay longer use more, and all would
    seem to keep them.
#}
{% set outcome_days = product_signals.band_begins('outcome_days', 'before') %}
{% set use_days = product_signals.band_begins('trial_use_days', 'after') %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

accounts as (

    select
        entity_id as account_id,
        begins_on,
        trial_started_on,
        converted_on,
        cancelled_on
    from {{ ref('int_product_signals__entities') }}
    where entity = 'account' and is_known

),

{# Those still on trial after the first days, each in its own window. #}
trials as (

    select
        'converted' as outcome,
        accounts.account_id,
        accounts.trial_started_on as used_from,
        accounts.trial_started_on + {{ use_days }} - 1 as used_to,
        coalesce(
            accounts.converted_on < accounts.trial_started_on
            + {{ use_days }} + {{ outcome_days }},
            false
        ) as has_outcome
    from accounts
    cross join scope
    where
        accounts.trial_started_on >= scope.history_start
        and accounts.trial_started_on + {{ use_days }}
        + {{ outcome_days }} - 1 <= scope.as_of_date
        and coalesce(accounts.converted_on, {{ product_signals.last_day() }})
        >= accounts.trial_started_on + {{ use_days }}
        and coalesce(accounts.cancelled_on, {{ product_signals.last_day() }})
        >= accounts.trial_started_on + {{ use_days }}

),

{# Accounts that paid, or were not on trial, when the window began. #}
customers as (

    select
        'retained' as outcome,
        accounts.account_id,
        scope.as_of_date - {{ outcome_days }}
        - {{ var('adoption_window_days') }} + 1 as used_from,
        scope.as_of_date - {{ outcome_days }} as used_to,
        coalesce(accounts.cancelled_on > scope.as_of_date, true) as has_outcome
    from accounts
    cross join scope
    inner join {{ ref('int_product_signals__segment_periods') }} as statuses
        on
            accounts.account_id = statuses.account_id
            and statuses.attribute = 'subscription_status'
            and statuses.value = 'paid'
            and scope.as_of_date - {{ outcome_days }} >= statuses.valid_from
            and scope.as_of_date - {{ outcome_days }} < statuses.valid_to
    where
        accounts.begins_on <= scope.as_of_date - {{ outcome_days }}
        and scope.history_start
        <= scope.as_of_date - {{ outcome_days }}
        - {{ var('adoption_window_days') }} + 1

)

select * from trials

union all

select * from customers
