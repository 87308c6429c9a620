{{ product_signals.public() }}

with metrics as (

    select metrics.*
    from {{ ref('int_product_signals__user_metrics') }} as metrics
    inner join {{ ref('int_product_signals__scope') }} as scope
        on metrics.as_of_date = scope.as_of_date

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
    users.licensed_at,
    metrics.tenure_days,
    metrics.tenure_band,
    metrics.days_since_licensed,
    metrics.account_status,
    metrics.raw_score,
    metrics.score,
    metrics.score_band,
    metrics.previous_score,
    metrics.score_change,
    metrics.behavior_change,
    metrics.trend,
    metrics.score_rank,
    metrics.score_percentile,
    metrics.rank_in_account,
    metrics.is_active,
    metrics.active_days,
    metrics.event_count,
    metrics.event_value,
    metrics.features_used,
    metrics.settings_used,
    metrics.activation_rate,
    metrics.activation_band,
    activation.activated_at,
    activation.next_step,
    metrics.days_since_last_step,
    metrics.key_features,
    metrics.key_features_used,
    metrics.adoption_rate,
    metrics.lifetime_adoption_rate,
    metrics.adoption_band,
    metrics.last_active_at,
    metrics.days_since_last_active,
    metrics.periods_since_last_active,
    metrics.flows_abandoned,
    metrics.helps_unanswered,
    cast(coalesce(open_signals.open_signals, 0) as integer) as open_signals,
    open_signals.open_signal_names,
    {{ product_signals.missing_inputs({
        'email': 'users.email',
        'role': 'metrics.role',
        'licensed_at': 'users.licensed_at',
    }) }} as missing_inputs
from metrics
inner join {{ ref('stg_product_signals__users') }} as users
    on metrics.user_id = users.user_id
left join {{ ref('product_signals__activation') }} as activation
    on
        activation.entity = 'user'
        and activation.is_main_checklist
        and metrics.user_id = activation.entity_id
left join open_signals
    on metrics.user_id = open_signals.user_id
