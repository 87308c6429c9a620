{#
    What each team may be told of signals. Episodes that overlap or follow at
    once are one spell, because what happens again while it is open is not news.
    Spells of a signal_key are numbered from 1. All but opened_on is of the last
    episode.

    is_told   work or news; if open, not answered, suppressed or held back, and
              so on, as for the work list; if over, the last two. What happens
              to a dormant account isn't work, but is told: that it cancelled
#}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

with rules as (

    {{ product_signals.seed('signals') }}

),

teams as (

    {{ product_signals.listed_values('rules', 'signal', 'teams', 'team') }}

),

signals as (

    select * from {{ ref('product_signals__signals') }}

),

marked as (

    select
        signal_key,
        signal_id,
        opened_on,
        case
            when opened_on <= max(coalesce(
                closed_on, {{ product_signals.last_day() }}
            )) over (
                partition by signal_key
                order by opened_on
                rows between unbounded preceding and 1 preceding
            ) then 0
            else 1
        end as begins
    from signals

),

numbered as (

    select
        *,
        sum(begins) over (
            partition by signal_key
            order by opened_on rows unbounded preceding
        ) as spell
    from marked

),

placed as (

    select
        *,
        min(opened_on) over (partition by signal_key, spell) as began_on,
        row_number() over (
            partition by signal_key, spell order by opened_on desc
        ) as place
    from numbered

)

select
    placed.signal_key,
    teams.team,
    cast(placed.spell as integer) as spell,
    placed.signal_id,
    signals.signal,
    signals.signal_name,
    signals.kind,
    signals.entity,
    signals.entity_id,
    signals.account_id,
    signals.subject_type,
    signals.subject_id,
    signals.severity,
    signals.owner,
    placed.began_on as opened_on,
    signals.closed_on,
    signals.close_reason,
    signals.is_open,
    signals.severity = 'info' as is_news,
    (signals.severity <> 'info' or signals.kind = 'event')
    and case
        when signals.is_open
            then
                signals.priority is not null
                or (
                    signals.kind = 'event'
                    and signals.entity = 'account'
                    and signals.is_dormant
                    and signals.is_latest
                    and not signals.is_suppressed
                    and not signals.is_held_back
                    and not signals.is_answered
                )
        else not signals.is_suppressed and not signals.is_held_back
    end as is_told
from placed
inner join signals
    on placed.signal_id = signals.signal_id
inner join teams
    on signals.signal = teams.signal
where placed.place = 1
