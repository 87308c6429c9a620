{#
    Points by weight set, day, user and account: the table that every score
    is built from.
#}
{{ product_signals.incremental_by_day('event_date') }}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

event_weights as (

    {{ product_signals.seed('event_weights') }}

),

weight_sets as (

    select distinct weight_set
    from score_profiles

),

user_days as (

    select
        weight_sets.weight_set,
        activity.event_date,
        activity.user_id,
        activity.account_id,
        sum({{ product_signals.earned_points(
            'activity.event_count', 'weights'
        ) }}) as exact_points,
        sum(activity.event_count) as event_count,
        max(case when activity.is_activity then 1 else 0 end) as active_days,
        max(case when activity.is_activity then activity.last_occurred_at end)
            as last_active_at
    from {{ ref('int_product_signals__daily_activity') }} as activity
    cross join weight_sets
    left join event_weights as weights
        on
            weight_sets.weight_set = weights.weight_set
            and activity.event_name = weights.event_name
    where {{ product_signals.in_rebuild('activity.event_date') }}
    group by
        weight_sets.weight_set,
        activity.event_date,
        activity.user_id,
        activity.account_id

)

select * from user_days
