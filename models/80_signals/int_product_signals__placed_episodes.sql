{#
    Episodes with the account they belong to now, and whether another signal
    makes them pointless.

    is_suppressed   one in suppressed_by is open for the same account or user,
                    or the user's account: on a state's last day, or on any day
                    of an event
    is_held_back    one about the whole product was open when it opened, and on
                    a state's last day: the data is at fault, not the accounts
#}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

signals as (

    {{ product_signals.seed('signals') }}

),

current_accounts as (

    select
        user_accounts.user_id,
        user_accounts.account_id
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join scope
        on
            scope.as_of_date >= user_accounts.valid_from
            and scope.as_of_date < user_accounts.valid_to

),

placed as (

    select
        episodes.*,
        case episodes.entity
            when 'account' then episodes.entity_id
            when 'user' then current_accounts.account_id
        end as account_id,
        case
            when signals.kind = 'event' then episodes.opened_on
            else coalesce(episodes.closed_on - 1, scope.as_of_date)
        end as first_day,
        coalesce(episodes.closed_on - 1, scope.as_of_date) as last_day
    from {{ ref('int_product_signals__episodes') }} as episodes
    cross join scope
    inner join signals
        on episodes.signal = signals.signal
    left join current_accounts
        on
            episodes.entity = 'user'
            and episodes.entity_id = current_accounts.user_id

),

suppressing as (

    select
        signals.signal,
        others.signal as other_signal
    from signals
    inner join signals as others
        on {{ product_signals.in_list(
            'others.signal', 'signals.suppressed_by'
        ) }}

),

candidates as (

    select
        placed.signal_id,
        placed.entity,
        placed.entity_id,
        placed.account_id,
        placed.opened_on,
        placed.first_day,
        placed.last_day,
        suppressing.other_signal
    from placed
    inner join suppressing
        on placed.signal = suppressing.signal

),

others as (

    select
        signal,
        entity,
        entity_id,
        opened_on,
        coalesce(closed_on, {{ product_signals.last_day() }}) as closed_on
    from {{ ref('int_product_signals__episodes') }}

),

suppressed as (

    select candidates.signal_id
    from candidates
    inner join others
        on
            candidates.other_signal = others.signal
            and candidates.entity = others.entity
            and candidates.entity_id = others.entity_id
            and candidates.last_day >= others.opened_on
            and candidates.first_day < others.closed_on

    union distinct

    select candidates.signal_id
    from candidates
    inner join others
        on
            candidates.entity = 'user'
            and others.entity = 'account'
            and candidates.other_signal = others.signal
            and candidates.account_id = others.entity_id
            and candidates.last_day >= others.opened_on
            and candidates.first_day < others.closed_on

),

held_back as (

    select distinct candidates.signal_id
    from candidates
    inner join others
        on
            others.entity = 'product'
            and candidates.entity <> 'product'
            and candidates.other_signal = others.signal
            and candidates.opened_on >= others.opened_on
            and candidates.first_day < others.closed_on

)

select
    placed.signal_id,
    placed.signal_key,
    placed.signal,
    placed.entity,
    placed.entity_id,
    placed.account_id,
    placed.subject_type,
    placed.subject_id,
    placed.opened_on,
    placed.last_held_on,
    placed.closed_on,
    placed.is_opposed,
    placed.observed_on,
    suppressed.signal_id is not null as is_suppressed,
    held_back.signal_id is not null as is_held_back
from placed
left join suppressed
    on placed.signal_id = suppressed.signal_id
left join held_back
    on placed.signal_id = held_back.signal_id
