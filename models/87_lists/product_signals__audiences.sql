{#
    Who is on which list, and since when: the day of the run that first saw it,
    which can't be worked out again.
#}
{{ product_signals.public() }}
{{ product_signals.incremental_by('keys', ['audience', 'member_id']) }}
{% set audiences = {
    'account': ['advocate_accounts', 'lookalike_accounts'],
    'user': [
        'advocate_users', 'lookalike_users', 'champions', 'entry_points',
    ],
} %}
{% set figures = {
    'score': 'number', 'score_rank': 'number', 'tenure_days': 'number',
    'days_since_last_active': 'number', 'habit': 'number',
} %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

accounts as (

    select
        metrics.account_id as member_id,
        metrics.account_id,
        metrics.score,
        scores.score_rank,
        metrics.tenure_days,
        cast(null as integer) as place_in_account,
        cast(null as numeric(12, 2)) as behavior_change,
        true as lookalike_accounts,
        coalesce({{ product_signals.band(
            'advocate_days', 'metrics.tenure_days'
        ) }} = 'tenured', false) as advocate_accounts,
        {{ product_signals.sentence(
            'Score {score|floor}, rank {score_rank} by points in the profile;'
            ~ ' signed up {tenure_days|ago}; habit {habit|floor} %; last active'
            ~ ' {days_since_last_active|ago}',
            none, figures, 'metrics', {'score_rank': 'scores.score_rank'}
        ) }} as reason
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join scope
        on metrics.as_of_date = scope.as_of_date
    inner join {{ ref('product_signals__account_scores') }} as scores
        on
            scores.is_main_profile
            and metrics.account_id = scores.account_id
            and metrics.as_of_date = scores.as_of_date
    where
        metrics.lifecycle_stage <> 'churned'
        and {{ product_signals.band(
            'top_percentile', 'scores.score_percentile'
        ) }} = 'top'

),

live_users as (

    select
        metrics.*,
        coalesce({{ product_signals.band(
            'top_percentile', 'metrics.score_percentile'
        ) }} = 'top', false) as lookalike_users,
        coalesce({{ product_signals.band(
            'advocate_days', 'metrics.tenure_days'
        ) }} = 'tenured', false) as is_tenured,
        coalesce({{ product_signals.band(
            'silent_days', 'metrics.days_since_last_active'
        ) }} <> 'silent', false) as is_reachable
    from {{ ref('int_product_signals__user_figures') }} as metrics
    left join {{ ref('int_product_signals__account_days') }} as lives
        on
            metrics.account_id = lives.account_id
            and metrics.as_of_date = lives.date_day
    where
        metrics.as_of_date = (select scope.as_of_date from scope)
        and metrics.is_live
        and (lives.is_live or not coalesce(lives.is_known, false))

),

{# Users who can be reached, the champion first. #}
places as (

    select
        user_id,
        row_number() over (
            partition by account_id order by rank_in_account, user_id
        ) as place_in_account
    from live_users
    where is_reachable and rank_in_account is not null

),

{# Two lists are users with an open signal, on the work list or not. #}
signals as (

    select
        signal || 's' as audience,
        entity_id as user_id,
        max(coalesce(now, reason)) as reason
    from {{ ref('product_signals__signals') }}
    where
        is_open
        and not is_held_back
        and coalesce(still_holds, true)
        and signal in ('power_user', 'problem_user')
    group by signal, entity_id

),

users as (

    select
        live_users.user_id as member_id,
        live_users.account_id,
        live_users.score,
        live_users.score_rank,
        live_users.tenure_days,
        places.place_in_account,
        live_users.behavior_change,
        live_users.lookalike_users
        and live_users.is_tenured
        and live_users.is_reachable as advocate_users,
        live_users.lookalike_users,
        live_users.leads_account and live_users.is_reachable as champions,
        coalesce({{ product_signals.band(
            'entry_point_place', 'places.place_in_account'
        ) }} = 'entry_point', false) as entry_points,
        {{ product_signals.sentence(
            'Score {score|floor}, rank {score_rank} by points in the profile;'
            ~ ' user for {tenure_days} day{tenure_days|s}; last active'
            ~ ' {days_since_last_active|ago}',
            none, figures, 'live_users', {}
        ) }} as reason
    from live_users
    left join places
        on live_users.user_id = places.user_id

),

listed as (

    {% for entity, names in audiences.items() %}
    {%- for audience in names %}
    select
        '{{ audience }}' as audience,
        '{{ entity }}' as entity,
        member_id,
        account_id,
        score,
        score_rank,
        tenure_days,
        place_in_account,
        behavior_change,
        reason
    from {{ entity }}s
    where {{ audience }}
    union all
    {% endfor %}
    {%- endfor %}
    select
        signals.audience,
        'user' as entity,
        users.member_id,
        users.account_id,
        users.score,
        users.score_rank,
        users.tenure_days,
        users.place_in_account,
        users.behavior_change,
        signals.reason
    from signals
    inner join users
        on signals.user_id = users.member_id

),

{# By score; entry points within the account; problem users by their fall. #}
placed as (

    select
        audience,
        entity,
        member_id,
        account_id,
        cast(case
            when audience = 'entry_points' then place_in_account
            else row_number() over (
                partition by audience
                order by
                    case
                        when audience = 'problem_users' then behavior_change
                    end,
                    coalesce(score, 0) desc,
                    score_rank,
                    tenure_days desc,
                    member_id
            )
        end as integer) as place,
        cast(score as numeric(12, 2)) as score,
        reason
    from listed

)

{%- if is_incremental() %},

known as (

    select * from {{ this }}

),

{# A run for an earlier day changes nothing. #}
looks as (

    select scope.as_of_date
    from scope
    where
        scope.is_delivered
        and scope.as_of_date >= coalesce(
            (select max(greatest(as_of_date, coalesce(left_on, as_of_date)))
            from known),
            scope.as_of_date
        )

),

{# Leaving in an earlier run of the same day doesn't count. #}
staying as (

    select
        placed.audience,
        placed.entity,
        placed.member_id,
        placed.account_id,
        placed.place,
        placed.score,
        placed.reason,
        looks.as_of_date,
        case
            when coalesce(known.left_on, looks.as_of_date) = looks.as_of_date
                then coalesce(known.joined_on, looks.as_of_date)
            else looks.as_of_date
        end as joined_on,
        coalesce(known.first_joined_on, looks.as_of_date) as first_joined_on,
        cast(null as date) as left_on
    from placed
    cross join looks
    left join known
        on
            placed.audience = known.audience
            and placed.member_id = known.member_id

),

leaving as (

    select
        known.audience,
        known.entity,
        known.member_id,
        known.account_id,
        cast(null as integer) as place,
        known.score,
        known.reason,
        known.as_of_date,
        known.joined_on,
        known.first_joined_on,
        looks.as_of_date as left_on
    from known
    cross join looks
    left join placed
        on
            known.audience = placed.audience
            and known.member_id = placed.member_id
    where known.left_on is null and placed.member_id is null

)

select * from staying
union all
select * from leaving
{%- else %}

select
    placed.*,
    scope.as_of_date,
    scope.as_of_date as joined_on,
    scope.as_of_date as first_joined_on,
    cast(null as date) as left_on
from placed
cross join scope
{%- endif %}
