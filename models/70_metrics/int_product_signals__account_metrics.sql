{#
    Every metric of an account, for each day it lives, the day it leaves and
    the next, and on the last day for all that have left.

    Scores are those of the account's main profile: 0 if it did nothing, null
    if no profile fits.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set attributes = product_signals.account_columns() | select(
    'in', product_signals.remembered_columns('account')
) | list + product_signals.own_attributes('account')
    + ['trial_ends_on', 'contract_ends_on'] %}
{% set has_surveys = product_signals.input_relation('surveys') %}
{% set occurrences = [
    'new_users', 'key_features_first_used', 'risk_events', 'key_features_lost',
    'champions_lost', 'negative_surveys',
] %}

{# Filtered one by one, so that a run of one day joins one day. #}
with {% for name in [
    'account_days', 'account_trends', 'account_stages', 'account_totals',
    'account_habit', 'account_windows', 'account_baseline', 'account_records',
] -%}
{{ name }} as (

    select days.*
    from {{ ref('int_product_signals__' ~ name) }} as days
    where {{ product_signals.in_rebuild('days.date_day') }}

),

{% endfor %}
{# The account's fullest meter. #}
capacity as (

    select
        account_days.account_id,
        account_days.date_day,
        max({{ product_signals.percent('limits.used', 'limits.allowed') }})
            as capacity_used_rate
    from account_days
    inner join {{ ref('stg_product_signals__usage_limits') }} as limits
        on
            account_days.account_id = limits.account_id
            and account_days.date_day >= limits.valid_from
            and account_days.date_day < limits.valid_to
    group by account_days.account_id, account_days.date_day

),

occurrences as (

    select
        entity_id as account_id,
        date_day,
        {%- for metric in occurrences %}
        sum(case when metric = '{{ metric }}' then occurrences end)
            as {{ metric }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__occurrences') }}
    where entity = 'account'
    group by entity_id, date_day

),

{# Together, so that fewer joins need memory at once. #}
lives as (

    select *
    from account_days
    inner join account_stages using (account_id, date_day)
    inner join account_totals using (account_id, date_day)
    inner join account_habit using (account_id, date_day)
    left join account_baseline using (account_id, date_day)
    left join account_records using (account_id, date_day)
    left join occurrences using (account_id, date_day)
    left join capacity using (account_id, date_day)

),

measured as (

    select
        trends.*,
        lives.begins_on,
        lives.size_value,
        lives.attributes_as_of,
        {%- for column in attributes %}
        lives.{{ column }},
        {%- endfor %}
        lives.trial_started_on,
        lives.converted_on,
        lives.cancelled_on,
        trends.date_day - lives.begins_on as tenure_days,
        trends.date_day - lives.converted_on as days_since_converted,
        trends.date_day - lives.cancelled_on as days_since_cancelled,
        lives.leaves_on - trends.date_day as days_to_cancellation,
        lives.contract_ends_on - trends.date_day
            as days_to_contract_end,
        lives.lifecycle_stage,
        lives.expected_stage,
        lives.stage_gap,
        lives.checklist,
        lives.activation_rate,
        lives.activation_rate_day_before,
        trends.date_day - lives.last_met_on as days_since_last_step,
        windows.active_users,
        windows.known_active_users,
        windows.seen_users,
        windows.averaged_users,
        windows.event_count,
        windows.previous_event_count,
        {% if product_signals.knows_agents() -%}
        windows.agent_event_count,
        {%- else -%}
        cast(null as bigint) as agent_event_count,
        {%- endif %}
        case when windows.valued_days > 0 then windows.event_value end
            as event_value,
        windows.active_days,
        windows.features_used,
        lives.settings_used,
        lives.settings,
        {{ product_signals.percent(
            'lives.settings_in_use', 'lives.settings'
        ) }} as embeddedness,
        lives.usage_vs_baseline,
        {%- for metric in product_signals.record_metrics() %}
        lives.{{ metric }},
        {%- endfor %}
        case
            when not trends.begins_late
                then windows.active_users - windows.previous_active_users
        end as active_users_change,
        lives.known_users,
        coalesce(lives.seats, lives.licensed_users) as licensed_users,
        lives.users_left_30d,
        {%- for metric in occurrences %}
        {%- if metric == 'negative_surveys' and not has_surveys %}
        cast(null as integer) as negative_surveys,
        {%- else %}
        coalesce(lives.{{ metric }}, 0) as {{ metric }},
        {%- endif %}
        {%- endfor %}
        lives.capacity_used_rate,
        lives.active_days_90d,
        lives.habit,
        lives.last_active_at,
        trends.date_day - lives.last_active_on as days_since_last_active,
        lives.key_features,
        lives.key_features_used,
        lives.key_features - lives.key_features_used
            as missing_key_features,
        lives.features_adopted_30d,
        {{ product_signals.percent(
            'lives.key_features_used', 'lives.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'lives.key_features_ever_used', 'lives.key_features'
        ) }} as lifetime_adoption_rate,
        {{ product_signals.percent(
            'lives.top_feature_events', 'lives.feature_events'
        ) }} as top_feature_share
    from account_trends as trends
    inner join lives
        on
            trends.account_id = lives.account_id
            and trends.date_day = lives.date_day
    left join account_windows as windows
        on
            trends.profile = windows.profile
            and trends.account_id = windows.account_id
            and trends.date_day = windows.date_day

)

select
    measured.account_id,
    measured.date_day as as_of_date,
    measured.profile,
    measured.checklist,
    measured.attributes_as_of,
    measured.lifecycle_stage,
    measured.expected_stage,
    {{ product_signals.band('tenure_days', 'measured.tenure_days') }}
        as tenure_band,
    measured.size_value,
    {{ product_signals.band('size_value', 'measured.size_value') }}
        as size_band,
    measured.activation_rate,
    {{ product_signals.band('activation_rate', 'measured.activation_rate') }}
        as activation_band,
    measured.raw_score,
    cast(measured.score as numeric(12, 2)) as score,
    {{ product_signals.band('score', 'measured.score') }} as score_band,
    cast(measured.score_change as numeric(12, 2)) as score_change,
    cast(measured.behavior_change as numeric(12, 2)) as behavior_change,
    measured.trend,
    {{ product_signals.rounded('measured.score_slope') }} as score_slope,
    measured.benchmark_source,
    cast(measured.licensed_users as bigint) as licensed_users,
    {{ product_signals.percent(
        'measured.active_users', 'measured.seen_users'
    ) }} as active_user_rate,
    {{ product_signals.percent('measured.known_users', 'measured.seats') }}
        as seats_used_rate,
    measured.capacity_used_rate,
    coalesce(measured.mrr = 0, false) as is_free,
    {{ product_signals.percent(
        'measured.known_active_users', 'measured.known_users'
    ) }} as known_active_rate,
    measured.top_user_share,
    measured.adoption_rate,
    measured.lifetime_adoption_rate,
    {{ product_signals.band('adoption_rate', 'measured.adoption_rate') }}
        as adoption_band,
    measured.top_feature_share,
    measured.active_days_90d,
    measured.habit,
    {{ product_signals.band('habit', 'measured.habit') }} as habit_band,
    cast(measured.event_count as bigint) as event_count,
    {{ product_signals.percent(
        'measured.agent_event_count', 'measured.event_count'
    ) }} as agent_event_share,
    {{ product_signals.is_comparable('measured') }} as is_comparable,
    cast(measured.event_value as double precision) as event_value,
    {%- for metric in [
        'stage_gap', 'tenure_days', 'days_since_last_step', 'active_users',
        'active_users_change', 'known_active_users', 'seen_users',
        'known_users', 'key_features', 'key_features_used',
        'missing_key_features', 'features_adopted_30d', 'active_days',
        'features_used', 'settings_used', 'days_since_last_active',
        'days_to_contract_end', 'users_left_30d',
    ] %}
    cast(measured.{{ metric }} as integer) as {{ metric }},
    {%- endfor %}
    measured.embeddedness,
    measured.usage_vs_baseline,
    {{- product_signals.record_columns('measured') }},
    measured.last_active_at,
    cast(measured.score - measured.score_change as numeric(12, 2))
        as previous_score,
    cast(measured.score_day_before as numeric(12, 2)) as score_day_before,
    cast(measured.activation_rate_day_before as numeric(12, 2))
        as activation_rate_day_before,
    {%- for metric in [
        'days_since_converted', 'days_since_cancelled', 'days_to_cancellation',
    ] %}
    case
        when measured.{{ metric }} >= 0
            then cast(measured.{{ metric }} as integer)
    end as {{ metric }},
    {%- endfor %}
    {{ product_signals.percent(
        'measured.users_left_30d',
        '(measured.known_users + measured.users_left_30d)'
    ) }} as user_turnover_rate,
    {%- for metric in occurrences %}
    cast(measured.{{ metric }} as {{
        'bigint' if metric == 'risk_events' else 'integer'
    }}) as {{ metric }},
    {%- endfor %}
    {{ product_signals.null_reasons([
        ('measured.profile is null', 'score', 'no profile fits'),
        ('measured.checklist is null', 'activation_rate', 'no checklist fits'),
        ('measured.seen_users = 0', 'active_user_rate', 'no user was seen'),
        ('measured.known_users = 0', 'known_active_rate', 'no known user'),
        ('measured.seats = 0', 'seats_used_rate', 'no seats'),
        ('measured.raw_score = 0', 'top_user_share', 'no points'),
        ('measured.key_features = 0', 'adoption_rate', 'no key feature to use'),
        ('measured.top_feature_share is null', 'top_feature_share',
            'no feature was used'),
        ('measured.settings = 0', 'embeddedness', 'no set-up feature to use'),
        ('measured.usage_vs_baseline is null', 'usage_vs_baseline',
            'fewer than 4 weeks of use to compare with'),
        ('measured.last_active_at is null', 'days_since_last_active',
            'never active'),
        ('measured.known_users + measured.users_left_30d = 0',
            'user_turnover_rate', 'no known user'),
    ]) }} as null_reasons,
    {%- for column in attributes %}
    measured.{{ column }},
    {%- endfor %}
    {# Null before that day, when nobody knew. #}
    {%- for day in ['trial_started', 'converted', 'cancelled'] %}
    case
        when measured.{{ day }}_on <= measured.date_day
            then measured.{{ day }}_on
    end as {{ day }}_on{{ ',' if not loop.last }}
    {%- endfor %}
from measured
