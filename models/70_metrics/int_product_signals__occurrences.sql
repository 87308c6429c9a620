{#
    What happens on a day rather than lasts: a row per metric, account or user,
    day and subject, so that a signal on the metric can name the subject.

    A user in the band champion of champion_days led the account by points on
    that many of the last 30 days. Silence and abandoned flows are bands, too.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set champion_window = 30 %}
{% set champion_days = product_signals.band_begins(
    'champion_days', 'champion'
) %}
{% set silent_days = product_signals.band_begins('silent_days', 'silent') %}
{% set lost_on %}least(
            user_days.event_date + {{ silent_days }},
            coalesce(entities.deactivated_on, {{ product_signals.last_day() }}),
            coalesce(removals.removed_on, {{ product_signals.last_day() }})
        ){% endset %}

with bands as (

    {{ product_signals.seed('bands') }}

),

features as (

    {{ product_signals.seed('features') }}

),

event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

new_users as (

    select
        user_accounts.account_id,
        entities.entity_id as user_id,
        entities.begins_on as date_day,
        1 as occurrences
    from {{ ref('int_product_signals__entities') }} as entities
    inner join {{ ref('int_product_signals__user_accounts') }} as user_accounts
        on
            entities.entity_id = user_accounts.user_id
            and entities.begins_on >= user_accounts.valid_from
            and entities.begins_on < user_accounts.valid_to
    where
        entities.entity = 'user'
        and entities.is_known
        and user_accounts.account_id is not null

),

first_uses as (

    select
        feature_days.account_id,
        feature_days.feature,
        min(feature_days.event_date) as date_day,
        1 as occurrences
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    cross join scope
    inner join features
        on feature_days.feature = features.feature
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and feature_days.account_id = entities.entity_id
    where features.is_key
    group by
        feature_days.account_id,
        feature_days.feature,
        entities.begins_on,
        scope.history_start
    having {{ product_signals.is_first_use(
        'entities.begins_on', 'min(feature_days.event_date)'
    ) }}

),

risk_events as (

    select
        daily_activity.account_id,
        daily_activity.event_name,
        daily_activity.event_date as date_day,
        sum(daily_activity.event_count) as occurrences
    from {{ ref('int_product_signals__daily_activity') }}
        as daily_activity
    inner join event_catalog
        on
            daily_activity.event_name = event_catalog.event_name
            and event_catalog.is_risk
    where daily_activity.account_id is not null
    group by
        daily_activity.account_id,
        daily_activity.event_name,
        daily_activity.event_date

),

{# Days on which a user led an account. A leader who falls silent or leaves is
   lost once, whatever events come later. #}
leading_days as (

    select
        user_id,
        account_id,
        as_of_date
    from {{ ref('int_product_signals__user_scores') }}
    where
        leads_account
        and {{ product_signals.in_rebuild(
            'as_of_date', silent_days + champion_window
        ) }}

),

{# The day on which the users input lost a user, for the days since the last
   time they were back. #}
removals as (

    select
        user_id,
        valid_from as removed_on,
        valid_to as back_on,
        lag(valid_to, 1, {{ product_signals.first_day() }}) over (
            partition by user_id order by valid_from
        ) as since
    from {{ ref('int_product_signals__user_attributes') }}
    where not is_there

),

{# One weight set is enough, because all have the same days. #}
active_days as (

    select
        user_days.user_id,
        user_days.account_id,
        user_days.event_date,
        {{ lost_on }} as lost_on,
        lead(user_days.event_date) over (
            partition by user_days.user_id, user_days.account_id
            order by user_days.event_date
        ) as next_date
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join (
        select distinct
            user_id,
            account_id
        from leading_days
    ) as leaders
        on
            user_days.user_id = leaders.user_id
            and user_days.account_id = leaders.account_id
    left join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'user'
            and user_days.user_id = entities.entity_id
    left join removals
        on
            user_days.user_id = removals.user_id
            and user_days.event_date >= removals.since
            and user_days.event_date < removals.back_on
    where
        user_days.active_days > 0
        and user_days.weight_set = (
            select min(weight_set)
            from score_profiles
        )
        and user_days.event_date <= {{ lost_on }}
        and {{ product_signals.in_rebuild(
            'user_days.event_date', silent_days
        ) }}

),

lost_champions as (

    select
        active_days.user_id,
        active_days.account_id,
        active_days.lost_on as date_day,
        1 as occurrences
    from active_days
    inner join leading_days
        on
            active_days.user_id = leading_days.user_id
            and active_days.account_id = leading_days.account_id
            and leading_days.as_of_date <= active_days.event_date
            and leading_days.as_of_date
            > active_days.event_date - {{ champion_window }}
    {{ product_signals.users_on('active_days', 'lost_on') }}
    where
        coalesce(active_days.next_date > active_days.lost_on, true)
        and not coalesce(users.is_internal, false)
    group by active_days.user_id, active_days.account_id, active_days.lost_on
    having count(*) >= {{ champion_days }}

),

lost_features as (

    select * from {{ ref('int_product_signals__lost_features') }}

),

surveys as (

    {{ product_signals.input_rows('surveys') }}

),

negative_surveys as (

    select
        surveys.account_id,
        surveys.user_id,
        surveys.answered_on as date_day,
        count(*) as occurrences
    from surveys
    inner join bands
        on
            coalesce(lower(trim(surveys.survey)), 'nps') = bands.metric
            and bands.band = 'negative'
            and (
                bands.lower_bound is null
                or surveys.score >= bands.lower_bound
            )
            and (
                bands.upper_bound is null
                or surveys.score < bands.upper_bound
            )
    group by surveys.account_id, surveys.user_id, surveys.answered_on

),

occurrences as (

    {% for metric, occurrences, subject in [
        ('new_users', 'new_users', 'user_id'),
        ('key_features_first_used', 'first_uses', 'feature'),
        ('risk_events', 'risk_events', 'event_name'),
        ('key_features_lost', 'lost_features', 'feature'),
        ('champions_lost', 'lost_champions', 'user_id'),
        ('negative_surveys', 'negative_surveys', 'user_id'),
    ] %}
    select
        '{{ metric }}' as metric,
        'account' as entity,
        account_id as entity_id,
        date_day,
        {{ subject }} as subject_id,
        occurrences
    from {{ occurrences }}

    union all

    {% endfor %}
    select
        case when is_help then 'helps_unanswered' else 'flows_abandoned' end
            as metric,
        'user' as entity,
        user_id as entity_id,
        date_day,
        flow as subject_id,
        1 as occurrences
    from {{ ref('int_product_signals__abandoned_flows') }}

)

select occurrences.*
from occurrences
cross join scope
where
    occurrences.date_day <= scope.as_of_date
    and {{ product_signals.in_rebuild('occurrences.date_day') }}
