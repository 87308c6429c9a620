{#
    What each event contributed to each score on the latest date. Points add up
    to the raw score, points_change to its change.
#}
{{ product_signals.public() }}
{% set reach = product_signals.longest_reach() %}

with event_weights as (

    {{ product_signals.seed('event_weights') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

profile_periods as (

    select *
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}

),

{# A step holds until the next one. #}
shares as (

    select
        steps.profile,
        steps.age + numbers.number as age,
        steps.share,
        steps.previous_share
    from {{ ref('int_product_signals__window_steps') }} as steps
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < steps.next_age - steps.age

),

recent as (

    select
        activity.user_id,
        activity.account_id,
        activity.event_name,
        scope.as_of_date - activity.event_date as age,
        activity.event_count
    from {{ ref('int_product_signals__daily_activity') }} as activity
    cross join scope
    where activity.event_date > scope.as_of_date - {{ reach }}

),

capped as (

    select
        shares.profile,
        recent.user_id,
        recent.account_id,
        recent.event_name,
        recent.event_count,
        {{ product_signals.capped('recent.event_count', 'weights.daily_cap') }}
            as counted,
        coalesce(weights.weight, 0) as weight,
        recent.age < profiles.period_days as is_current,
        shares.share,
        shares.previous_share
    from recent
    inner join shares
        on recent.age = shares.age
    inner join profiles
        on shares.profile = profiles.profile
    left join event_weights as weights
        on
            profiles.weight_set = weights.weight_set
            and recent.event_name = weights.event_name

),

weighted as (

    select
        profile,
        user_id,
        account_id,
        event_name,
        max(weight) as weight,
        max(case when is_current then 1 else 0 end) as is_current,
        sum(case when is_current then event_count else 0 end) as event_count,
        sum(case when is_current then counted else 0 end) as counted,
        sum({{ product_signals.exact('counted * weight * share') }})
            as exact_points,
        sum({{ product_signals.exact('counted * weight * previous_share') }})
            as previous_exact_points
    from capped
    group by profile, user_id, account_id, event_name

),

{# A user filter decides whose points an account gets; in the prior window,
   as of then. #}
filtered as (

    select
        weighted.*,
        profiles.filter_entity,
        current_periods.entity_id is not null as counts_now,
        previous_periods.entity_id is not null as counted_before
    from weighted
    cross join scope
    inner join profiles
        on weighted.profile = profiles.profile
    left join profile_periods as current_periods
        on
            current_periods.entity = 'user'
            and weighted.profile = current_periods.profile
            and weighted.user_id = current_periods.entity_id
            and scope.as_of_date >= current_periods.valid_from
            and scope.as_of_date < current_periods.valid_to
    left join profile_periods as previous_periods
        on
            previous_periods.entity = 'user'
            and weighted.profile = previous_periods.profile
            and weighted.user_id = previous_periods.entity_id
            and scope.as_of_date - profiles.change_days
            >= previous_periods.valid_from
            and scope.as_of_date - profiles.change_days
            < previous_periods.valid_to

),

entity_points as (

    select
        profile,
        'user' as entity,
        user_id as entity_id,
        event_name,
        weight,
        is_current,
        event_count,
        counted,
        exact_points,
        previous_exact_points
    from filtered

    union all

    select
        profile,
        'account' as entity,
        account_id as entity_id,
        event_name,
        weight,
        is_current,
        event_count,
        counted,
        case
            when filter_entity = 'user' and not counts_now then 0
            else exact_points
        end as exact_points,
        case
            when filter_entity = 'user' and not counted_before then 0
            else previous_exact_points
        end as previous_exact_points
    from filtered
    where
        account_id is not null
        and (
            coalesce(filter_entity, 'account') = 'account'
            or counts_now
            or counted_before
        )

),

components as (

    select
        profile,
        entity,
        entity_id,
        event_name,
        max(weight) as weight,
        sum(event_count) as event_count,
        sum(counted) as counted,
        sum(exact_points) as exact_points,
        sum(previous_exact_points) as previous_exact_points
    from entity_points
    group by profile, entity, entity_id, event_name
    having
        max(is_current) = 1
        or sum(previous_exact_points) > 0

),

{# Those with a score today; new ones have no prior window. #}
scores as (

    select
        user_scores.profile,
        'user' as entity,
        user_scores.user_id as entity_id,
        user_scores.as_of_date,
        user_scores.raw_score,
        user_scores.previous_raw_score
    from {{ ref('int_product_signals__user_scores') }} as user_scores
    inner join scope
        on user_scores.as_of_date = scope.as_of_date

    union all

    select
        account_scores.profile,
        'account' as entity,
        account_scores.account_id as entity_id,
        account_scores.as_of_date,
        account_scores.raw_score,
        account_scores.previous_raw_score
    from {{ ref('product_signals__account_scores') }} as account_scores
    inner join scope
        on account_scores.as_of_date = scope.as_of_date

)

select
    components.profile,
    components.entity,
    components.entity_id,
    scores.as_of_date,
    components.event_name,
    cast(components.event_count as bigint) as event_count,
    cast(components.counted as bigint) as counted,
    components.weight,
    {{ product_signals.from_exact('components.exact_points') }} as points,
    {{ product_signals.percent(
        product_signals.from_exact('components.exact_points'),
        'scores.raw_score'
    ) }} as share,
    case
        when scores.previous_raw_score is not null
            then {{ product_signals.from_exact(
                'components.previous_exact_points'
            ) }}
    end as previous_points,
    case
        when scores.previous_raw_score is not null
            then {{ product_signals.from_exact(
                'components.exact_points - components.previous_exact_points'
            ) }}
    end as points_change
from components
inner join scores
    on
        components.profile = scores.profile
        and components.entity = scores.entity
        and components.entity_id = scores.entity_id
