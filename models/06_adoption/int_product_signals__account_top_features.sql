{#
    How concentrated an account's use is: events of its most used feature and
    of all features in the adoption window, for each day with any.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set window = var('adoption_window_days') %}

with used_days as (

    select
        feature_days.account_id,
        feature_days.feature,
        feature_days.event_date,
        feature_days.event_count
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    where {{ product_signals.in_rebuild(
        'feature_days.event_date', window
    ) }}

),

changes as (

    select
        account_id,
        feature,
        event_date as changed_on,
        event_count
    from used_days

    union all

    select
        account_id,
        feature,
        event_date + {{ window }} as changed_on,
        -event_count as event_count
    from used_days

),

running as (

    select
        account_id,
        feature,
        changed_on,
        lead(changed_on) over (
            partition by account_id, feature order by changed_on
        ) as next_changed_on,
        sum(cast(sum(event_count) as double precision)) over (
            partition by account_id, feature
            order by changed_on rows unbounded preceding
        ) as event_count
    from changes
    group by account_id, feature, changed_on

),

feature_days as (

    select
        running.account_id,
        running.feature,
        running.changed_on + numbers.number as date_day,
        running.event_count
    from running
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < running.next_changed_on - running.changed_on
    where running.event_count > 0

),

top_features as (

    select
        feature_days.account_id,
        feature_days.date_day,
        max(feature_days.event_count) as top_feature_events,
        sum(feature_days.event_count) as feature_events
    from feature_days
    cross join {{ ref('int_product_signals__scope') }} as scope
    where
        {{ product_signals.in_rebuild('feature_days.date_day') }}
        and feature_days.date_day >= scope.history_start
        and feature_days.date_day <= scope.as_of_date
    group by feature_days.account_id, feature_days.date_day

)

select * from top_features
