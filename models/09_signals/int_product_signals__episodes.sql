{#
    Signals as episodes. Days on which a signal holds by its clear values make
    one episode as long as no gap between them is longer than its grace days.
    It opens on the day its conditions have held for min_days in a row, and
    closes on the first day after its last.
#}

with days as (

    select
        signal_days.signal,
        signal_days.entity,
        signal_days.entity_id,
        signal_days.as_of_date,
        signal_days.holds,
        signals.min_days,
        signals.grace_days
    from (
        select
            signal,
            'account' as entity,
            account_id as entity_id,
            as_of_date,
            holds
        from {{ ref('int_product_signals__signal_days') }}

        union all

        select
            signal,
            'user' as entity,
            user_id as entity_id,
            as_of_date,
            holds
        from {{ ref('int_product_signals__user_signal_days') }}
    ) as signal_days
    inner join {{ ref('stg_product_signals__signals') }} as signals
        on signal_days.signal = signals.signal

),

spaced as (

    select
        *,
        lag(as_of_date) over (
            partition by signal, entity, entity_id order by as_of_date
        ) as previous_date
    from days

),

stretches as (

    select
        *,
        sum(
            case
                when as_of_date - previous_date - 1 <= grace_days then 0
                else 1
            end
        ) over (
            partition by signal, entity, entity_id
            order by as_of_date rows unbounded preceding
        ) as stretch
    from spaced

),

{# Days in a row on which the conditions themselves hold have the same
   distance from their own number. #}
held_days as (

    select
        *,
        as_of_date - cast(row_number() over (
            partition by signal, entity, entity_id order by as_of_date
        ) as integer) as run_start
    from stretches
    where holds

),

runs as (

    select
        *,
        row_number() over (
            partition by signal, entity, entity_id, run_start
            order by as_of_date
        ) as days_held
    from held_days

),

opened as (

    select
        signal,
        entity,
        entity_id,
        stretch,
        min(as_of_date) as opened_on
    from runs
    where days_held >= min_days
    group by signal, entity, entity_id, stretch

),

episodes as (

    select
        opened.signal,
        opened.entity,
        opened.entity_id,
        opened.opened_on,
        max(stretches.as_of_date) as last_held_on,
        max(stretches.grace_days) as grace_days
    from opened
    inner join stretches
        on
            opened.signal = stretches.signal
            and opened.entity = stretches.entity
            and opened.entity_id = stretches.entity_id
            and opened.stretch = stretches.stretch
    group by
        opened.signal, opened.entity, opened.entity_id, opened.opened_on

)

select
    {{ dbt.hash(product_signals.signal_key('episodes')) }} as signal_key,
    {{ dbt.hash(
        product_signals.signal_key('episodes')
        ~ " || '|' || cast(episodes.opened_on as text)"
    ) }} as signal_id,
    episodes.signal,
    episodes.entity,
    episodes.entity_id,
    episodes.opened_on,
    episodes.last_held_on,
    case
        when scope.as_of_date - episodes.last_held_on > episodes.grace_days
            then episodes.last_held_on + 1
    end as closed_on
from episodes
cross join {{ ref('int_product_signals__scope') }} as scope
