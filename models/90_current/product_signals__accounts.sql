{{ product_signals.public() }}
{% set added = [
    'change_days',
    'pql_state',
    'persona',
    'expected_value',
    'open_signals',
    'open_signal_names',
    'top_reasons',
    'missing_key_feature_names',
    'missing_inputs',
    'confidence',
    'confidence_order',
    'confidence_reason',
] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

accounts as (

    {{ product_signals.named_accounts(added) }}
    inner join scope
        on metrics.as_of_date = scope.as_of_date
    where accounts.account_id is not null

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

open_signals as (

    select
        account_id,
        count(*) as open_signals,
        {{ dbt.listagg(
            measure='signal',
            delimiter_text="'|'",
            order_by_clause='order by signal'
        ) }} as open_signal_names
    from (
        select distinct
            account_id,
            signal
        from {{ ref('product_signals__signals') }}
        where is_open and entity = 'account'
    ) as signals
    group by account_id

),

{# Signals of the account and its users, each once, at its most urgent. #}
top_reasons as (

    select
        account_id,
        {{ dbt.listagg(
            measure="signal_name || ': ' || reason",
            delimiter_text="' | '",
            order_by_clause='order by priority'
        ) }} as top_reasons
    from (
        select
            *,
            row_number() over (
                partition by account_id, choice order by priority
            ) as place
        from (
            select
                *,
                row_number() over (
                    partition by account_id, signal order by priority
                ) as choice
            from {{ ref('product_signals__signals') }}
            where priority is not null and severity <> 'info'
        ) as signals
    ) as urgent
    where choice = 1 and place <= 3
    group by account_id

),

missing_features as (

    select
        account_id,
        {{ dbt.listagg(
            measure='feature',
            delimiter_text="'|'",
            order_by_clause='order by feature'
        ) }} as missing_key_feature_names
    from {{ ref('product_signals__account_features') }}
    where is_key and is_entitled and status in ('lapsed', 'never')
    group by account_id

)

select
    accounts.*,
    profiles.change_days,
    leads.pql_state,
    leads.persona,
    leads.expected_value,
    cast(coalesce(open_signals.open_signals, 0) as integer) as open_signals,
    open_signals.open_signal_names,
    top_reasons.top_reasons,
    missing_features.missing_key_feature_names,
    {{ product_signals.missing_inputs({
        var('size_column') | lower: 'accounts.size_value',
        'seats': 'accounts.seats',
        'plan': 'accounts.plan',
        'contract_ends_at': 'accounts.contract_ends_at',
        'usage_limits': 'accounts.capacity_used_rate',
        'surveys': 'accounts.negative_surveys',
        'tickets': 'accounts.open_tickets',
        'communications': 'accounts.communications_90d',
        'assessments': 'accounts.assessment_rating',
        'subscription_changes': 'accounts.mrr_change_90d',
    }) }} as missing_inputs,
    {{ product_signals.confidence('accounts', 'accounts.benchmark_source') }}
from accounts
cross join scope
left join profiles
    on accounts.profile = profiles.profile
left join {{ ref('product_signals__leads') }} as leads
    on accounts.account_id = leads.account_id
left join open_signals
    on accounts.account_id = open_signals.account_id
left join top_reasons
    on accounts.account_id = top_reasons.account_id
left join missing_features
    on accounts.account_id = missing_features.account_id
