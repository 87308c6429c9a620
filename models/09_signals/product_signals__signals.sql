{{ config(access='public') }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

actions as (

    select
        signal,
        {{ dbt.listagg(
            measure="team || ': ' || action",
            delimiter_text="' | '",
            order_by_clause='order by action_order'
        ) }} as actions
    from {{ ref('stg_product_signals__signal_actions') }}
    group by signal

),

reasons as (

    select
        signal_id,
        {{ dbt.listagg(
            measure="metric || ' ' || coalesce(observed, 'unknown') || ' ('"
            ~ " || operator || coalesce(' ' || threshold, '') || ')'",
            delimiter_text="', '",
            order_by_clause='order by condition_group, condition_number'
        ) }} as reason
    from {{ ref('product_signals__signal_evidence') }}
    group by signal_id

),

account_users as (

    select
        user_id,
        account_id
    from {{ ref('int_product_signals__user_vectors') }}

),

placed as (

    select
        episodes.*,
        case
            when episodes.entity = 'account' then episodes.entity_id
            else account_users.account_id
        end as account_id
    from {{ ref('int_product_signals__episodes') }} as episodes
    left join account_users
        on
            episodes.entity = 'user'
            and episodes.entity_id = account_users.user_id

)

select
    placed.signal_id,
    placed.signal_key,
    placed.signal,
    signals.signal_name,
    signals.kind,
    placed.entity,
    placed.entity_id,
    placed.account_id,
    signals.severity,
    signals.teams,
    accounts.csm as owner,
    placed.opened_on,
    placed.last_held_on,
    placed.closed_on,
    case
        when placed.closed_on is null then null
        when placed.closed_on >= accounts.cancelled_on then 'account_cancelled'
        else 'cleared'
    end as close_reason,
    placed.closed_on is null as is_open,
    cast(
        coalesce(placed.closed_on, scope.as_of_date + 1) - placed.opened_on
        as integer
    ) as days_open,
    reasons.reason,
    actions.actions
from placed
cross join scope
inner join {{ ref('stg_product_signals__signals') }} as signals
    on placed.signal = signals.signal
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on placed.account_id = accounts.account_id
left join reasons
    on placed.signal_id = reasons.signal_id
left join actions
    on placed.signal = actions.signal
