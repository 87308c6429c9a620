{#
    Breadth and depth of each feature in the product ("all") and in each segment
    over time: of its live accounts that were active in the adoption window. A
    user who works in two accounts counts once.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{% set window = var('adoption_window_days') %}
{% set is_last = 'coalesce(feature_days.next_date > window_days.as_of_date, '
    ~ 'true)' %}

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

    {{ product_signals.listed_features() }}

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

    {% for band in product_signals.segment_bands() %}
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

feature_days as (

    select
        account_id,
        feature,
        user_id,
        event_date,
        event_count,
        {{ product_signals.days_beside('account_id, feature, user_id') }}
    from {{ ref('int_product_signals__daily_activity') }}
    where
        account_id is not null
        and feature is not null
        and {{ product_signals.in_rebuild('event_date', window) }}

),

{# A user's last row in a window is the one that counts them. #}
account_use as (

    select
        window_days.as_of_date,
        feature_days.account_id,
        feature_days.feature,
        count(case when {{ is_last }} then 1 end) as users,
        sum(feature_days.event_count) as events
    from feature_days
    inner join window_days
        on feature_days.event_date = window_days.event_date
    group by
        window_days.as_of_date,
        feature_days.account_id,
        feature_days.feature

),

account_sums as (

    select
        segment_days.attribute,
        segment_days.value,
        segment_days.as_of_date,
        account_use.feature,
        count(*) as accounts,
        sum(account_use.users) as users,
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

),

{# By how much the sums count users of several accounts too often. They are few,
   and counting distinct users of all accounts is slow. #}
counted_again as (

    select
        segment_days.attribute,
        segment_days.value,
        segment_days.as_of_date,
        feature_days.feature,
        count(*) - count(distinct feature_days.user_id) as users
    from feature_days
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on
            feature_days.user_id = subjects.user_id
            and feature_days.account_id = subjects.account_id
            and not subjects.is_user
    inner join window_days
        on feature_days.event_date = window_days.event_date
    inner join segment_days
        on
            feature_days.account_id = segment_days.account_id
            and window_days.as_of_date = segment_days.as_of_date
    where {{ is_last }}
    group by
        segment_days.attribute,
        segment_days.value,
        segment_days.as_of_date,
        feature_days.feature

),

segment_use as (

    select
        account_sums.attribute,
        account_sums.value,
        account_sums.as_of_date,
        account_sums.feature,
        account_sums.accounts,
        account_sums.users - coalesce(counted_again.users, 0) as users,
        account_sums.events
    from account_sums
    left join counted_again
        on
            account_sums.attribute = counted_again.attribute
            and account_sums.value = counted_again.value
            and account_sums.as_of_date = counted_again.as_of_date
            and account_sums.feature = counted_again.feature

)

select
    segment_sizes.attribute,
    segment_sizes.value,
    segment_sizes.as_of_date,
    listed_features.feature,
    listed_features.feature_name,
    listed_features.is_key,
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
left join segment_use
    on
        segment_sizes.attribute = segment_use.attribute
        and segment_sizes.value = segment_use.value
        and segment_sizes.as_of_date = segment_use.as_of_date
        and listed_features.feature = segment_use.feature
