{{ product_signals.public() }}

with vectors as (

    select vectors.*
    from {{ ref('int_product_signals__user_vectors') }} as vectors
    inner join {{ ref('int_product_signals__scope') }} as scope
        on vectors.as_of_date = scope.as_of_date

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
    vectors.user_id,
    vectors.account_id,
    vectors.as_of_date,
    vectors.profile,
    vectors.checklist,
    users.email,
    users.full_name,
    vectors.role,
    users.crm_id,
    users.created_at,
    users.deactivated_at,
    users.licensed_at,
    vectors.tenure_days,
    vectors.tenure_band,
    vectors.days_since_licensed,
    vectors.account_status,
    vectors.raw_score,
    vectors.score,
    vectors.score_band,
    vectors.previous_score,
    vectors.score_change,
    vectors.behavior_change,
    vectors.trend,
    vectors.score_rank,
    vectors.score_percentile,
    vectors.rank_in_account,
    vectors.is_active,
    vectors.active_days,
    vectors.event_count,
    vectors.event_value,
    vectors.features_used,
    vectors.settings_used,
    vectors.activation_rate,
    vectors.activation_band,
    activation.activated_at,
    activation.next_step,
    vectors.days_since_last_step,
    vectors.key_features,
    vectors.key_features_used,
    vectors.adoption_rate,
    vectors.lifetime_adoption_rate,
    vectors.adoption_band,
    vectors.last_active_at,
    vectors.days_since_last_active,
    vectors.periods_since_last_active,
    vectors.flows_abandoned,
    vectors.helps_unanswered,
    cast(coalesce(open_signals.open_signals, 0) as integer) as open_signals,
    open_signals.open_signal_names,
    {{ product_signals.missing_inputs({
        'email': 'users.email',
        'role': 'vectors.role',
        'licensed_at': 'users.licensed_at',
    }) }} as missing_inputs
from vectors
inner join {{ ref('stg_product_signals__users') }} as users
    on vectors.user_id = users.user_id
left join {{ ref('product_signals__activation') }} as activation
    on
        activation.entity = 'user'
        and activation.is_main_checklist
        and vectors.user_id = activation.entity_id
left join open_signals
    on vectors.user_id = open_signals.user_id
