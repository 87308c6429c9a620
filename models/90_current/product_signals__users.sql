{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

days as (

    select as_of_date as date_day from scope

),

metrics as (

    select metrics.*
    from {{ ref('int_product_signals__user_figures') }} as metrics
    where metrics.as_of_date = (select days.date_day from days)

),

workdays as (

    {{ product_signals.workday_habit('days') }}

),

habits as (

    select
        active_days.user_id,
        sum(case when active_days.age < 90 then 1 else 0 end)
            as active_days_90d,
        sum({{ product_signals.habit_points('active_days.age') }}) as points
    from (
        select distinct
            user_days.user_id,
            days.date_day - user_days.event_date as age
        from {{ ref('int_product_signals__user_days') }} as user_days
        inner join days
            on user_days.event_date between days.date_day - 179
                and days.date_day
        where user_days.active_days > 0
    ) as active_days
    group by active_days.user_id

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

agents as (

    select
        metrics.user_id,
        {% if product_signals.knows_agents() -%}
        {{ product_signals.percent(
            'sum(activity.agent_event_count)', 'sum(activity.event_count)'
        ) }} as agent_event_share
        {%- else -%}
        cast(null as numeric(12, 2)) as agent_event_share
        {%- endif %}
    from metrics
    inner join profiles
        on metrics.profile = profiles.profile
    inner join {{ ref('int_product_signals__daily_activity') }} as activity
        on
            metrics.user_id = activity.user_id
            and activity.event_date
            > metrics.as_of_date - profiles.period_days
            and activity.event_date <= metrics.as_of_date
    group by metrics.user_id

),

open_signals as (

    select
        entity_id as user_id,
        count(*) as open_signals,
        {{ dbt.listagg(
            measure='signal',
            delimiter_text="'|'",
            order_by_clause='order by signal'
        ) }} as open_signal_names
    from (
        select distinct
            entity_id,
            signal
        from {{ ref('product_signals__signals') }}
        where is_open and entity = 'user'
    ) as signals
    group by entity_id

)

select
    metrics.user_id,
    metrics.account_id,
    metrics.as_of_date,
    metrics.profile,
    metrics.checklist,
    users.email,
    users.full_name,
    metrics.role,
    users.crm_id,
    users.created_at,
    users.deactivated_at,
    users.deactivated_on,
    users.licensed_at,
    metrics.tenure_days,
    metrics.tenure_band,
    {{ product_signals.band('tenure_days', 'metrics.tenure_days', true) }}
        as tenure_band_order,
    metrics.days_since_licensed,
    metrics.days_on_record,
    metrics.account_status,
    metrics.raw_score,
    metrics.score,
    metrics.score_band,
    {{ product_signals.band('score', 'metrics.score', true) }}
        as score_band_order,
    metrics.previous_score,
    metrics.score_change,
    metrics.behavior_change,
    metrics.trend,
    metrics.score_rank,
    metrics.score_percentile,
    metrics.rank_in_account,
    metrics.leads_account,
    metrics.is_active,
    metrics.active_days,
    metrics.event_count,
    agents.agent_event_share,
    metrics.is_comparable,
    metrics.event_value,
    metrics.features_used,
    metrics.settings_used,
    metrics.activation_rate,
    metrics.activation_band,
    {{ product_signals.band(
        'activation_rate', 'metrics.activation_rate', true
    ) }} as activation_band_order,
    activation.activated_at,
    activation.next_step,
    metrics.days_since_last_step,
    metrics.key_features,
    metrics.key_features_used,
    metrics.adoption_rate,
    metrics.lifetime_adoption_rate,
    metrics.adoption_band,
    {{ product_signals.band('adoption_rate', 'metrics.adoption_rate', true) }}
        as adoption_band_order,
    cast(coalesce(habits.active_days_90d, 0) as integer) as active_days_90d,
    {{ product_signals.percent(
        'least(coalesce(habits.points, 0), workdays.points)',
        'workdays.points'
    ) }} as habit,
    metrics.last_active_at,
    metrics.days_since_last_active,
    metrics.flows_abandoned,
    metrics.helps_unanswered,
    cast(coalesce(open_signals.open_signals, 0) as integer) as open_signals,
    open_signals.open_signal_names,
    {{ product_signals.missing_inputs({
        'email': 'users.email',
        'role': 'metrics.role',
        'licensed_at': 'users.licensed_at',
    }) }} as missing_inputs,
    {{ product_signals.confidence('metrics', 'scale.benchmark_source') }}
from metrics
cross join scope
left join profiles
    on metrics.profile = profiles.profile
left join {{ ref('int_product_signals__user_score_scale') }} as scale
    on
        scale.exact_points = 0
        and metrics.profile = scale.profile
        and metrics.as_of_date = scale.as_of_date
inner join {{ ref('stg_product_signals__users') }} as users
    on metrics.user_id = users.user_id and not users.is_internal
cross join workdays
left join habits
    on metrics.user_id = habits.user_id
left join agents
    on metrics.user_id = agents.user_id
left join {{ ref('product_signals__activation') }} as activation
    on
        activation.entity = 'user'
        and activation.is_main_checklist
        and metrics.user_id = activation.entity_id
left join open_signals
    on metrics.user_id = open_signals.user_id
