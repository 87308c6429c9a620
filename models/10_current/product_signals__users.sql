{{ config(access='public') }}

with users as (

    select * from {{ ref('int_product_signals__user_vectors') }}

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
    from {{ ref('product_signals__signals') }}
    where is_open and entity = 'user'
    group by entity_id

)

select
    users.user_id,
    users.account_id,
    users.as_of_date,
    users.profile,
    users.checklist,
    users.email,
    users.full_name,
    users.role,
    users.crm_id,
    users.created_at,
    users.deactivated_at,
    users.licensed_at,
    cast(users.tenure_days as integer) as tenure_days,
    users.tenure_band,
    users.raw_score,
    cast(users.score as numeric(12, 2)) as score,
    users.score_band,
    cast(users.score_change as numeric(12, 2)) as score_change,
    cast(users.behavior_change as numeric(12, 2)) as behavior_change,
    users.trend,
    cast(users.score_rank as integer) as score_rank,
    users.score_percentile,
    cast(users.rank_in_account as integer) as rank_in_account,
    users.is_active,
    cast(users.active_days as integer) as active_days,
    cast(users.event_count as bigint) as event_count,
    users.event_value,
    cast(users.features_used as integer) as features_used,
    cast(users.settings_used as integer) as settings_used,
    users.activation_rate,
    users.activation_band,
    users.activated_at,
    users.next_step,
    cast(users.days_since_last_step as integer) as days_since_last_step,
    cast(users.key_features as integer) as key_features,
    cast(users.key_features_used as integer) as key_features_used,
    users.adoption_rate,
    users.lifetime_adoption_rate,
    users.adoption_band,
    users.last_active_at,
    cast(users.days_since_last_active as integer) as days_since_last_active,
    cast(users.periods_since_last_active as integer)
        as periods_since_last_active,
    cast(coalesce(open_signals.open_signals, 0) as integer) as open_signals,
    open_signals.open_signal_names,
    {{ product_signals.missing_inputs({
        'email': 'users.email',
        'role': 'users.role',
        'licensed_at': 'users.licensed_at',
    }) }} as missing_inputs
from users
left join open_signals
    on users.user_id = open_signals.user_id
