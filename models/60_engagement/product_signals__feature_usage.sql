{#
    How broadly and deeply each feature is used in the adoption window
    ending on each day, and the points it earns by the weight set of the profile
    with the lowest priority.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{% set window = var('adoption_window_days') %}
{% set measures = [
    'users',
    'accounts',
    'active_accounts',
    'all_active_accounts',
    'events',
    'valued_days',
    'event_value',
    'exact_points',
] %}

with features as (

    {{ product_signals.seed('features') }}

),

event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

event_weights as (

    {{ product_signals.seed('event_weights') }}

),

score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

dates as (

    select date_day
    from ({{ product_signals.scored_days() }}) as scored_days
    where {{ product_signals.in_rebuild('date_day') }}

),

first_day as (

    select min(date_day) as date_day from dates

),

activity as (

    select * from {{ ref('int_product_signals__daily_activity') }}
    where {{ product_signals.in_rebuild('event_date', window) }}

),

listed_features as (

    {{ product_signals.listed_features() }}

),

main_weights as (

    select
        event_name,
        weight,
        daily_cap
    from event_weights
    where weight_set = (
        select weight_set
        from score_profiles
        order by priority, profile
        limit 1
    )

),

user_days as (

    select
        feature,
        user_id,
        event_date,
        {{ product_signals.days_beside('feature, user_id') }}
    from activity
    where feature is not null

),

account_days as (

    select
        account_id,
        feature,
        event_date,
        {{ product_signals.days_beside('feature, account_id') }}
    from {{ ref('int_product_signals__account_feature_days') }}
    where {{ product_signals.in_rebuild('event_date', window) }}

),

active_account_days as (

    select
        *,
        {{ product_signals.days_beside('account_id') }}
    from (
        select distinct
            account_id,
            event_date
        from activity
        where is_activity and account_id is not null
    ) as distinct_days

),

user_periods as (

    {{ product_signals.presence('user_days', 'feature, user_id', window) }}

),

account_periods as (

    {{ product_signals.presence(
        'account_days', 'feature, account_id', window
    ) }}

),

active_periods as (

    {{ product_signals.presence(
        'active_account_days', 'account_id', window
    ) }}

),

{# Breadth is a share of active accounts, so only those count in it. #}
active_account_periods as (

    select
        account_periods.feature,
        greatest(account_periods.valid_from, active_periods.valid_from)
            as valid_from,
        least(account_periods.valid_to, active_periods.valid_to) as valid_to
    from account_periods
    inner join active_periods
        on
            account_periods.account_id = active_periods.account_id
            and account_periods.valid_from < active_periods.valid_to
            and account_periods.valid_to > active_periods.valid_from

),

all_active_periods as (

    select
        listed_features.feature,
        active_periods.valid_from,
        active_periods.valid_to
    from active_periods
    cross join listed_features

),

amounts as (

    select
        activity.feature,
        activity.event_date,
        sum(activity.event_count) as events,
        sum(activity.event_value) as event_value,
        sum({{ product_signals.earned_points(
            'activity.event_count', 'main_weights'
        ) }}) as exact_points
    from activity
    left join main_weights
        on activity.event_name = main_weights.event_name
    where activity.feature is not null
    group by activity.feature, activity.event_date

),

changes as (

    {{ product_signals.period_changes('feature', measures, {
        'users': 'user_periods',
        'accounts': 'account_periods',
        'active_accounts': 'active_account_periods',
        'all_active_accounts': 'all_active_periods',
    }) }}

    union all

    {% for shift, sign in [('', ''), (' + ' ~ window, '-')] %}
    select
        feature,
        event_date{{ shift }} as changed_on,
        {{- product_signals.amounts(measures, {
            'events': sign ~ 'events',
            'valued_days': 'case when event_value is null then 0 else '
                ~ sign ~ '1 end',
            'event_value': sign ~ 'coalesce(event_value, 0)',
            'exact_points': sign ~ 'exact_points',
        }) }}
    from amounts
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

daily_changes as (

    select
        changes.feature,
        greatest(changes.changed_on, first_day.date_day) as changed_on,
        {%- for measure in measures %}
        sum(changes.{{ measure }}) as {{ measure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from changes
    cross join first_day
    group by
        changes.feature,
        greatest(changes.changed_on, first_day.date_day)

),

running as (

    select
        listed_features.*,
        dates.date_day as as_of_date,
        {%- for measure in measures %}
        sum(coalesce(daily_changes.{{ measure }}, 0)) over (
            partition by listed_features.feature
            order by dates.date_day rows unbounded preceding
        ) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from listed_features
    cross join dates
    left join daily_changes
        on
            listed_features.feature = daily_changes.feature
            and dates.date_day = daily_changes.changed_on

)

select
    feature,
    as_of_date,
    feature_name,
    is_key,
    is_differentiated,
    cast(users as integer) as users,
    cast(accounts as integer) as accounts,
    cast(events as bigint) as events,
    case
        when valued_days > 0
            then cast(event_value as double precision)
    end as event_value,
    {{ product_signals.from_exact('exact_points') }} as points,
    {{ product_signals.percent('active_accounts', 'all_active_accounts') }}
        as breadth,
    {{ product_signals.rounded(
        'cast(events as double precision) / nullif(users, 0)'
    ) }} as depth,
    case
        when exact_points > 0
            then cast(rank() over (
                partition by as_of_date order by exact_points desc
            ) as integer)
    end as rank
from running
