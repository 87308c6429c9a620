{#
    A row per episode of a signal: a stretch of days on which a state is open,
    or one occurrence of an event.

    A state opens once its conditions have held for min_days in a row. It stays
    open while its clear values hold, with gaps of no more than its grace days,
    and closes on the first day after. Those who are lost or have left get no
    grace. A signal in closed_by closes the state, too, when it opens; it stays
    closed until it has not held for longer than its grace days.

    An event happens on each day on which its conditions hold, once for each
    subject, and is open for that day and its grace days.
#}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

signals as (

    {{ product_signals.seed('signals') }}

),

intervals as (

    select * from {{ ref('int_product_signals__signal_intervals') }}

),

stretches as (

    select
        *,
        sum(case when days_without <= grace_days then 0 else 1 end) over (
            partition by signal, entity, entity_id
            order by first_day rows unbounded preceding
        ) as stretch
    from intervals
    where kind = 'state'

),

states as (

    select
        stretches.signal,
        stretches.entity,
        stretches.entity_id,
        min(
            case
                when
                    stretches.holds
                    and stretches.last_day - stretches.first_day + 1
                    >= stretches.min_days
                    then stretches.first_day + stretches.min_days - 1
            end
        ) as opened_on,
        max(stretches.last_day) as last_held_on,
        max(stretches.min_days) as min_days,
        max(stretches.grace_days) as grace_days
    from stretches
    group by
        stretches.signal,
        stretches.entity,
        stretches.entity_id,
        stretches.stretch

),

events as (

    select
        intervals.signal,
        intervals.entity,
        intervals.entity_id,
        intervals.first_day,
        intervals.first_day + numbers.number as happened_on,
        intervals.grace_days
    from intervals
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= intervals.last_day - intervals.first_day
    where intervals.kind = 'event' and intervals.holds

),

gone as (

    select
        'account' as entity,
        account_days.account_id as entity_id
    from {{ ref('int_product_signals__account_days') }} as account_days
    inner join scope
        on scope.as_of_date = account_days.date_day
    where not account_days.is_live

    union distinct

    select
        'account' as entity,
        metrics.account_id as entity_id
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join scope
        on scope.as_of_date = metrics.as_of_date
    where {{ product_signals.band(
        'inactive_days', 'metrics.days_since_last_active'
    ) }} = 'lost'

    union distinct

    select
        'user' as entity,
        user_periods.user_id as entity_id
    from {{ ref('int_product_signals__user_periods') }} as user_periods
    inner join scope
        on
            scope.as_of_date >= user_periods.valid_from
            and scope.as_of_date < user_periods.valid_to
    where not user_periods.is_live

),

{# The metric that names the subject. #}
subject_metrics as (

    select
        signal,
        min(metric) as metric,
        min(subject_type) as subject_type
    from {{ ref('int_product_signals__signal_rules') }}
    where subject_type is not null
    group by signal

),

found as (

    select
        states.signal,
        states.entity,
        states.entity_id,
        cast(null as text) as subject_type,
        cast(null as text) as subject_id,
        cast(null as bigint) as subject_count,
        states.opened_on,
        states.last_held_on,
        case
            when
                scope.as_of_date - states.last_held_on > states.grace_days
                or gone.entity_id is not null
                then states.last_held_on + 1
        end as closed_on,
        {# Accounts have metrics for every day, users only for days on which
           one changes. #}
        case
            when states.entity = 'user'
                then states.opened_on - states.min_days + 1
            else states.opened_on
        end as observed_on
    from states
    cross join scope
    left join gone
        on
            states.entity = gone.entity
            and states.entity_id = gone.entity_id
    where states.opened_on is not null

    union all

    select
        events.signal,
        events.entity,
        events.entity_id,
        case when occurrences.subject_id is not null
            then subject_metrics.subject_type end as subject_type,
        occurrences.subject_id,
        cast(occurrences.occurrences as bigint) as subject_count,
        events.happened_on as opened_on,
        events.happened_on as last_held_on,
        case
            when scope.as_of_date - events.happened_on > events.grace_days
                then events.happened_on + events.grace_days + 1
        end as closed_on,
        case when events.entity = 'user' then events.first_day
            else events.happened_on end as observed_on
    from events
    cross join scope
    left join subject_metrics
        on events.signal = subject_metrics.signal
    left join {{ ref('int_product_signals__occurrences') }} as occurrences
        on
            subject_metrics.metric = occurrences.metric
            and events.entity = occurrences.entity
            and events.entity_id = occurrences.entity_id
            and events.happened_on = occurrences.date_day

),

{# If both open on one day, the first by name stays. #}
opposed as (

    select
        found.signal,
        found.entity,
        found.entity_id,
        found.opened_on,
        min(others.opened_on) as opposed_on
    from found
    inner join signals
        on found.signal = signals.signal and signals.kind = 'state'
    inner join found as others
        on
            {{ product_signals.in_list('others.signal', 'signals.closed_by') }}
            and found.entity = others.entity
            and found.entity_id = others.entity_id
            and (
                found.opened_on < others.opened_on
                or (
                    found.opened_on = others.opened_on
                    and found.signal > others.signal
                )
            )
            {# Until its grace days are over, it is open. #}
            and others.opened_on <= found.last_held_on + signals.grace_days
    group by
        found.signal, found.entity, found.entity_id, found.opened_on

),

episodes as (

    select
        found.signal,
        found.entity,
        found.entity_id,
        found.subject_type,
        found.subject_id,
        found.subject_count,
        found.opened_on,
        least(
            found.last_held_on,
            coalesce(opposed.opposed_on - 1, found.last_held_on)
        ) as last_held_on,
        coalesce(opposed.opposed_on, found.closed_on) as closed_on,
        opposed.opposed_on is not null as is_opposed,
        found.observed_on
    from found
    left join opposed
        on
            found.signal = opposed.signal
            and found.entity = opposed.entity
            and found.entity_id = opposed.entity_id
            and found.opened_on = opposed.opened_on
    where
        opposed.opposed_on is null
        or opposed.opposed_on > found.opened_on

),

{# Identifies a signal across runs. The length keeps ids apart that contain the
   separator. #}
keyed as (

    select
        *,
        signal || '|' || entity || '|'
        || cast(length(entity_id) as text) || '|' || entity_id
        || coalesce('|' || subject_type || '|' || subject_id, '')
            as natural_key
    from episodes

)

select
    {{ dbt.hash('natural_key') }} as signal_key,
    {{ dbt.hash("natural_key || '|' || cast(opened_on as text)") }}
        as signal_id,
    signal,
    entity,
    entity_id,
    subject_type,
    subject_id,
    subject_count,
    opened_on,
    last_held_on,
    closed_on,
    is_opposed,
    observed_on
from keyed
