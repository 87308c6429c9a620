{#
    What became of accounts that did an event before the outcome could happen,
    and of those that did not. The most active accounts do everything, and stay.
    So accounts are compared within tenths of equal activity: the days on which
    each of their people did anything else.

    compared_with, compared_without   accounts in groups that have both, and
                                      both outcomes
    log_odds, standard_error          of the odds of the outcome with the event
                                      to those without, in such groups
#}
{% set groups = 10 %}
{% set cells = [
    'with_hits', 'with_misses', 'without_hits', 'without_misses',
] %}

with event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

event_weights as (

    {{ product_signals.seed('event_weights') }}

),

features as (

    {{ product_signals.seed('features') }}

),

subjects as (

    select * from {{ ref('int_product_signals__outcome_subjects') }}

),

events as (

    select
        names.event_name,
        features.feature
    from (
        select event_name from event_catalog
        union distinct
        select event_name from event_weights
    ) as names
    left join event_catalog
        on names.event_name = event_catalog.event_name
    left join features
        on event_catalog.feature = features.feature

),

activity as (

    select
        subjects.outcome,
        subjects.account_id,
        activity.event_name,
        row_number() over (
            partition by
                subjects.outcome,
                subjects.account_id,
                activity.user_id,
                activity.event_date
            order by activity.event_name
        ) as place_of_day,
        count(*) over (
            partition by
                subjects.outcome,
                subjects.account_id,
                activity.user_id,
                activity.event_date
        ) as events_of_day
    from subjects
    inner join {{ ref('int_product_signals__daily_activity') }} as activity
        on
            subjects.account_id = activity.account_id
            and activity.event_date >= subjects.used_from
            and activity.event_date <= subjects.used_to

),

active as (

    select
        outcome,
        account_id,
        sum(case when place_of_day = 1 then 1 else 0 end) as person_days
    from activity
    group by outcome, account_id

),

done as (

    select
        outcome,
        account_id,
        event_name,
        sum(case when events_of_day = 1 then 1 else 0 end) as days_of_this_only
    from activity
    group by outcome, account_id, event_name

),

{# Only accounts whose plan has the feature can do it. #}
able as (

    select
        subjects.outcome,
        subjects.account_id,
        subjects.has_outcome,
        events.event_name
    from subjects
    cross join events
    left join {{ ref('int_product_signals__entitlements') }} as entitlements
        on
            subjects.account_id = entitlements.account_id
            and events.feature = entitlements.feature
            and subjects.used_to >= entitlements.valid_from
            and subjects.used_to < entitlements.valid_to
    where events.feature is null or entitlements.feature is not null

),

placed as (

    select
        able.outcome,
        able.event_name,
        able.has_outcome,
        done.event_name is not null as has_event,
        rank() over (
            partition by able.outcome, able.event_name
            order by
                coalesce(active.person_days, 0)
                - coalesce(done.days_of_this_only, 0)
        ) as place,
        count(*) over (
            partition by able.outcome, able.event_name
        ) as accounts
    from able
    left join active
        on
            able.outcome = active.outcome
            and able.account_id = active.account_id
    left join done
        on
            able.outcome = done.outcome
            and able.account_id = done.account_id
            and able.event_name = done.event_name

),

grouped as (

    select
        outcome,
        event_name,
        floor({{ groups }} * cast(place - 1 as double precision) / accounts)
            as activity_group,
        {%- for cell in cells %}
        {%- set parts = cell.split('_') %}
        sum(
            case
                when {{ 'not ' if parts[0] == 'without' }}has_event
                    and {{ 'not ' if parts[1] == 'misses' }}has_outcome
                    then 1
                else 0
            end
        ) as {{ cell }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
    group by outcome, event_name, activity_group

),

telling as (

    select * from grouped
    where
        with_hits + with_misses > 0
        and without_hits + without_misses > 0
        and with_hits + without_hits > 0
        and with_misses + without_misses > 0

),

{# Half an account of each kind keeps ratios finite, and makes few accounts say
   less. #}
compared as (

    select
        outcome,
        event_name,
        {{ cells | join(',\n        ') }}
    from telling

    union all

    select distinct
        outcome,
        event_name,
        {%- for cell in cells %}
        0.5 as {{ cell }}{{ ',' if not loop.last }}
        {%- endfor %}
    from telling

),

odds as (

    {{ product_signals.mantel_haenszel('compared', ['outcome', 'event_name']) }}

),

counted as (

    select
        outcome,
        event_name,
        {%- for cell in cells %}
        sum({{ cell }}) as {{ cell }}{{ ',' if not loop.last }}
        {%- endfor %}
    from grouped
    group by outcome, event_name

),

counted_telling as (

    select
        outcome,
        event_name,
        sum(with_hits + with_misses) as compared_with,
        sum(without_hits + without_misses) as compared_without
    from telling
    group by outcome, event_name

)

select
    outcomes.outcome,
    events.event_name,
    {%- for cell in cells %}
    cast(coalesce(counted.{{ cell }}, 0) as integer) as {{ cell }},
    {%- endfor %}
    {%- for count in ['compared_with', 'compared_without'] %}
    cast(coalesce(counted_telling.{{ count }}, 0) as integer) as {{ count }},
    {%- endfor %}
    odds.log_odds,
    odds.standard_error
from events
cross join (
    select 'converted' as outcome
    union all
    select 'retained' as outcome
) as outcomes
{%- for relation in ['counted', 'counted_telling', 'odds'] %}
left join {{ relation }}
    on
        outcomes.outcome = {{ relation }}.outcome
        and events.event_name = {{ relation }}.event_name
{%- endfor %}
