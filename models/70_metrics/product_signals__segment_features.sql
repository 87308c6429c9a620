{#
    Breadth and depth of each feature in the product ("all") and in each segment
    over time: of its live accounts that were active in the adoption window. A
    user who works in two accounts counts once.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{% set window = var('adoption_window_days') %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

features as (

    {{ product_signals.seed('features') }}

),

event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

listed_features as (

    select feature from features
    union distinct
    select feature from event_catalog
    where feature is not null

),

account_days as (

    select
        metrics.account_id,
        metrics.as_of_date,
        metrics.tenure_band,
        metrics.size_band,
        {{ product_signals.band('mrr', 'metrics.mrr') }} as mrr_band,
        metrics.lifecycle_stage
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    cross join scope
    where
        metrics.lifecycle_stage <> 'churned'
        and metrics.days_since_last_active < {{ window }}
        and {{ product_signals.is_published('metrics.as_of_date') }}
        and {{ product_signals.in_rebuild('metrics.as_of_date') }}

),

segment_days as (

    select
        account_days.account_id,
        account_days.as_of_date,
        segments.attribute,
        segments.value
    from account_days
    inner join {{ ref('int_product_signals__segment_periods') }} as segments
        on
            account_days.account_id = segments.account_id
            and account_days.as_of_date >= segments.valid_from
            and account_days.as_of_date < segments.valid_to

    {% for band in [
        'tenure_band', 'size_band', 'mrr_band', 'lifecycle_stage',
    ] %}
    union all

    select
        account_id,
        as_of_date,
        '{{ band }}' as attribute,
        coalesce({{ band }}, 'unknown') as value
    from account_days
    {% endfor %}

),

segment_sizes as (

    select
        attribute,
        value,
        as_of_date,
        count(*) as active_accounts
    from segment_days
    group by attribute, value, as_of_date

),

window_days as (

    select
        days.date_day as as_of_date,
        days.date_day - numbers.number as event_date
    from ({{ product_signals.scored_days() }}) as days
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < {{ window }}
    where
        {{ product_signals.is_published('days.date_day') }}
        and {{ product_signals.in_rebuild('days.date_day') }}

),

user_use as (

    select
        window_days.as_of_date,
        activity.account_id,
        activity.feature,
        activity.user_id,
        sum(activity.event_count) as events
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join window_days
        on activity.event_date = window_days.event_date
    where
        activity.account_id is not null
        and activity.feature is not null
        and {{ product_signals.in_rebuild('activity.event_date', window) }}
    group by
        window_days.as_of_date,
        activity.account_id,
        activity.feature,
        activity.user_id

),

{# One row per account, and one per user who may be in several accounts. #}
account_use as (

    select
        as_of_date,
        account_id,
        feature,
        count(*) as users,
        sum(events) as events,
        cast(null as text) as user_id
    from user_use
    group by as_of_date, account_id, feature

    union all

    select
        user_use.as_of_date,
        user_use.account_id,
        user_use.feature,
        null as users,
        null as events,
        user_use.user_id
    from user_use
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on
            user_use.user_id = subjects.user_id
            and user_use.account_id = subjects.account_id
            and not subjects.is_user

),

segment_use as (

    select
        segment_days.attribute,
        segment_days.value,
        segment_days.as_of_date,
        account_use.feature,
        count(account_use.users) as accounts,
        sum(account_use.users)
        - count(account_use.user_id)
        + count(distinct account_use.user_id) as users,
        sum(account_use.events) as events
    from segment_days
    inner join account_use
        on
            segment_days.account_id = account_use.account_id
            and segment_days.as_of_date = account_use.as_of_date
    group by
        segment_days.attribute,
        segment_days.value,
        segment_days.as_of_date,
        account_use.feature

)

select
    segment_sizes.attribute,
    segment_sizes.value,
    segment_sizes.as_of_date,
    listed_features.feature,
    coalesce(features.feature_name, listed_features.feature) as feature_name,
    coalesce(features.is_key, false) as is_key,
    cast(segment_sizes.active_accounts as integer) as active_accounts,
    cast(coalesce(segment_use.accounts, 0) as integer) as accounts,
    cast(coalesce(segment_use.users, 0) as integer) as users,
    cast(coalesce(segment_use.events, 0) as bigint) as events,
    {{ product_signals.percent(
        'coalesce(segment_use.accounts, 0)', 'segment_sizes.active_accounts'
    ) }} as breadth,
    {{ product_signals.rounded(
        'cast(segment_use.events as double precision) / segment_use.users'
    ) }} as depth
from segment_sizes
cross join listed_features
left join features
    on listed_features.feature = features.feature
left join segment_use
    on
        segment_sizes.attribute = segment_use.attribute
        and segment_sizes.value = segment_use.value
        and segment_sizes.as_of_date = segment_use.as_of_date
        and listed_features.feature = segment_use.feature
