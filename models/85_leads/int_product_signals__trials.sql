{#
    A row per account that is or was on trial: the days on which its lead state
    changed, and its figures on the last day of the trial, or today.

    Everything is as known on the day, so an earlier as_of_date gives the states
    of that day.
#}
{{ config(materialized='table') }}
{% set figures = [
    'size_band', 'activation_rate', 'activation_band', 'score', 'score_band',
    'active_users', 'fit', 'deal_size', 'csm',
] %}
{% set limits = [
    'qualify_at', 'min_score', 'min_active_users', 'default_deal_size',
] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

thresholds as (

    {{ product_signals.seed('pql_thresholds') }}

),

account_days as (

    select * from {{ ref('int_product_signals__account_days') }}

),

complexity as (

    {{ product_signals.complexity_by_day() }}

),

messages as (

    {{ product_signals.messages() }}

),

{# The day of trial_ends_at is included. #}
trial_days as (

    select
        metrics.account_id,
        metrics.as_of_date,
        {%- for column in figures %}
        metrics.{{ column }},
        {%- endfor %}
        coalesce(account_days.trial_started_on, account_days.begins_on)
            as talks_from,
        complexity.complexity,
        complexity.complexity_source,
        {%- for column in limits %}
        thresholds.{{ column }},
        {%- endfor %}
        thresholds.qualify_at is not null as has_threshold,
        metrics.activation_rate >= thresholds.nudge_at as nudges,
        metrics.activation_rate >= thresholds.qualify_at
        and coalesce(metrics.score, 0) >= coalesce(thresholds.min_score, 0)
        and coalesce(metrics.active_users, 0)
        >= coalesce(thresholds.min_active_users, 0) as qualifies,
        metrics.activation_rate > thresholds.overdue_above as is_over
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join account_days
        on
            metrics.account_id = account_days.account_id
            and metrics.as_of_date = account_days.date_day
    inner join complexity
        on metrics.as_of_date = complexity.date_day
    left join thresholds
        on
            complexity.complexity = thresholds.complexity
            and coalesce(metrics.size_band, 'unknown') = thresholds.size_band
    where
        metrics.lifecycle_stage = 'trial'
        and metrics.as_of_date <= coalesce(
            account_days.trial_ends_on, {{ product_signals.last_day() }}
        )

),

trials as (

    select
        account_id,
        min(as_of_date) as first_day,
        max(as_of_date) as last_day,
        min(case when nudges then as_of_date end) as nudged_on,
        min(case when qualifies then as_of_date end) as qualified_on
    from trial_days
    group by account_id

),

{# -- When the team got in touch after it qualified -- #}

touches as (

    select
        account_id,
        occurred_on as touched_on
    from messages
    where direction = 'outbound'

    union all

    select
        signals.account_id,
        responses.responded_on as touched_on
    from ({{ product_signals.signal_responses() }}) as responses
    inner join {{ ref('product_signals__signals') }} as signals
        on responses.signal_id = signals.signal_id
    where responses.response <> 'snoozed'

),

contacts as (

    select
        trials.account_id,
        min(touches.touched_on) as contacted_on
    from trials
    cross join scope
    inner join touches
        on
            trials.account_id = touches.account_id
            and trials.qualified_on <= touches.touched_on
            and scope.as_of_date >= touches.touched_on
    group by trials.account_id

),

overdue as (

    select
        trials.account_id,
        min(trial_days.as_of_date) as overdue_on
    from trials
    inner join trial_days
        on
            trials.account_id = trial_days.account_id
            and trials.qualified_on <= trial_days.as_of_date
    left join contacts
        on trials.account_id = contacts.account_id
    where
        trial_days.is_over
        and trial_days.as_of_date < coalesce(
            contacts.contacted_on, {{ product_signals.last_day() }}
        )
    group by trials.account_id

),

{# -- Its last day on trial, and its outcome -- #}

last_days as (

    select trial_days.*
    from trial_days
    inner join trials
        on
            trial_days.account_id = trials.account_id
            and trial_days.as_of_date = trials.last_day

),

talk as (

    {{ product_signals.communication_of('last_days', 'messages') }}

),

reasons as (

    select
        trial_days.account_id,
        {{ product_signals.qualifying_clause('trial_days') }} as qualified_by
    from trial_days
    inner join trials
        on
            trial_days.account_id = trials.account_id
            and trial_days.as_of_date = trials.qualified_on

),

outcomes as (

    select
        account_days.account_id,
        account_days.trial_ends_on,
        account_days.converted_on,
        account_days.cancelled_on,
        case
            when account_days.converted_on <= scope.as_of_date
                then 'converted'
            {# If it was on trial to the end, leaving later changes nothing. #}
            when
                account_days.trial_ends_on < scope.as_of_date
                and (
                    account_days.is_live
                    or account_days.trial_ends_on <= trials.last_day
                )
                then 'expired'
            when not account_days.is_live then 'cancelled'
            else 'open'
        end as trial_outcome
    from account_days
    inner join scope
        on account_days.date_day = scope.as_of_date
    inner join trials
        on account_days.account_id = trials.account_id

),

dated as (

    select
        trials.account_id,
        trials.first_day,
        case
            when trials.qualified_on <= trials.nudged_on then null
            else trials.nudged_on
        end as nudged_on,
        trials.qualified_on,
        contacts.contacted_on,
        overdue.overdue_on,
        outcomes.trial_outcome,
        outcomes.trial_ends_on,
        case outcomes.trial_outcome
            when 'converted' then outcomes.converted_on
            when 'cancelled' then outcomes.cancelled_on
            when 'expired' then outcomes.trial_ends_on + 1
        end as ended_on,
        case
            when outcomes.trial_outcome = 'converted' then 'converted'
            {# Contact after the last day of a trial changes nothing. #}
            when
                overdue.overdue_on is not null
                and coalesce(contacts.contacted_on > trials.last_day, true)
                then 'overdue'
            when trials.qualified_on is not null then 'qualified'
            when trials.nudged_on is not null then 'nudge'
            else 'not_yet'
        end as pql_state
    from trials
    inner join outcomes
        on trials.account_id = outcomes.account_id
    left join contacts
        on trials.account_id = contacts.account_id
    left join overdue
        on trials.account_id = overdue.account_id

)

select
    last_days.*,
    dated.nudged_on,
    dated.qualified_on,
    reasons.qualified_by,
    dated.contacted_on,
    dated.overdue_on,
    dated.trial_outcome,
    dated.trial_ends_on,
    dated.ended_on,
    dated.pql_state,
    case dated.pql_state
        when 'converted' then dated.ended_on
        when 'overdue' then dated.overdue_on
        when 'qualified' then
            case
                when dated.overdue_on is null then dated.qualified_on
                else dated.contacted_on
            end
        when 'nudge' then dated.nudged_on
        else dated.first_day
    end as state_since,
    {% if product_signals.input_relation('communications') -%}
    coalesce(talk.communication, 0) as communication,
    {%- else -%}
    talk.communication,
    {%- endif %}
    talk.sentiment
from dated
inner join last_days
    on dated.account_id = last_days.account_id
left join reasons
    on dated.account_id = reasons.account_id
left join talk
    on dated.account_id = talk.account_id
