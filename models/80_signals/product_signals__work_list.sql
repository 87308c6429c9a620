{#
    What to do today, most urgent first for each owner. Signals of severity
    info are news, not work: the digest counts them.
#}
{{ product_signals.public() }}

with signal_actions as (

    {{ product_signals.seed('signal_actions') }}

),

first_actions as (

    select
        signal,
        action,
        row_number() over (
            partition by signal order by action_order
        ) as place
    from signal_actions

),

signals as (

    select
        *,
        min(priority) over (partition by owner, account_id) as account_priority
    from {{ ref('product_signals__signals') }}
    where priority is not null and severity <> 'info'

),

placed as (

    select
        *,
        row_number() over (
            partition by owner order by account_priority, priority
        ) as place,
        dense_rank() over (
            partition by owner order by account_priority
        ) as account_place
    from signals

)

select
    signals.signal_id,
    signals.signal_key,
    signals.owner,
    cast(signals.place as integer) as place,
    cast(signals.account_place as integer) as account_place,
    row_number() over (
        partition by signals.owner, signals.account_id order by signals.place
    ) = 1 as is_first_of_account,
    signals.priority,
    signals.severity,
    signals.severity_order,
    signals.signal,
    signals.signal_name,
    signals.account_id,
    accounts.account_name,
    signals.account_value,
    signals.entity,
    signals.entity_id,
    coalesce(users.full_name, users.email) as user_name,
    signals.subject_type,
    signals.subject_id,
    signals.opened_on,
    signals.last_held_on,
    signals.still_holds,
    signals.days_open,
    signals.detected_on,
    signals.reason,
    signals.now,
    first_actions.action as next_action,
    signals.teams
from placed as signals
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on signals.account_id = accounts.account_id
left join {{ ref('stg_product_signals__users') }} as users
    on
        case
            when signals.entity = 'user' then signals.entity_id
            when signals.subject_type = 'user' then signals.subject_id
        end = users.user_id
left join first_actions
    on
        signals.signal = first_actions.signal
        and first_actions.place = 1
