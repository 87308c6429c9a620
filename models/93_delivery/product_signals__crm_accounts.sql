{#
    What to tell a CRM about an account. A row is rewritten only when there is
    something to tell: see crm_changes().
#}
{{ product_signals.public() }}
{{ product_signals.incremental_by('keys', ['account_id']) }}
-- depends_on: {{ ref('int_product_signals__scope') }}
-- depends_on: {{ ref('product_signals__attribute_history') }}

with accounts as (

    select * from {{ ref('product_signals__accounts') }}
    where {{ product_signals.is_crm_key('account_id') }}

),

work_list as (

    select * from {{ ref('product_signals__work_list') }}

),

work as (

    {{ product_signals.crm_work('work_list', 'account_id') }}

),

champions as (

    select
        account_id,
        user_id,
        full_name,
        email
    from {{ ref('product_signals__users') }}
    where
        leads_account
        and {{ product_signals.band(
            'silent_days', 'days_since_last_active'
        ) }} <> 'silent'

),

listed as (

    select
        accounts.account_id,
        {{ product_signals.crm_text('accounts.crm_id') }} as crm_id,
        {{ product_signals.crm_text('accounts.account_name') }}
            as account_name,
        {{ product_signals.crm_text('accounts.domain') }} as domain,
        accounts.lifecycle_stage,
        cast(accounts.score as numeric(5, 2)) as score,
        accounts.score_band,
        accounts.trend,
        cast(accounts.health_score as numeric(5, 2)) as health_score,
        accounts.health_grade,
        {{ product_signals.crm_text('accounts.health_reason') }}
            as health_reason,
        case
            when leads.trial_outcome in ('open', 'converted')
                then leads.pql_state
        end as lead_state,
        accounts.persona,
        cast(accounts.expected_value as numeric(18, 2)) as expected_value,
        work.open_signals,
        coalesce(work.open_signal_count, 0) as open_signal_count,
        work.signal_severity,
        {{ product_signals.crm_text(
            'coalesce(work.next_action, leads.action)'
        ) }} as next_action,
        {{ product_signals.crm_text('work.signal_detail', 3000) }}
            as signal_detail,
        cast(accounts.activation_rate as numeric(5, 2)) as activation_rate,
        accounts.activation_band,
        cast(accounts.adoption_rate as numeric(5, 2)) as adoption_rate,
        accounts.adoption_band,
        cast(accounts.active_users as integer) as active_users,
        {{ product_signals.crm_text(
            'coalesce(champions.full_name, champions.email,'
            ~ ' champions.user_id)'
        ) }} as champion,
        {{ product_signals.crm_text('champions.email') }} as champion_email,
        accounts.as_of_date - accounts.days_since_last_active
            as last_active_on,
        {{ product_signals.crm_text('accounts.csm') }} as owner,
        {{ product_signals.owner_email('given') }} as owner_email,
        false as is_deleted
    from accounts
    inner join {{ ref('stg_product_signals__accounts') }} as given
        on accounts.account_id = given.account_id
    left join {{ ref('product_signals__leads') }} as leads
        on accounts.account_id = leads.account_id
    left join work
        on accounts.account_id = work.account_id
    left join champions
        on accounts.account_id = champions.account_id

),

everybody as (

    {{ product_signals.crm_everybody(
        'listed',
        'account_id',
        kept=[
            'account_id', 'crm_id', 'account_name', 'domain', 'owner',
            'owner_email',
        ],
        left={'lifecycle_stage': "'removed'", 'open_signal_count': '0'},
    ) }}

),

published as (

    {{ product_signals.crm_changes(
        'everybody',
        'account_id',
        near={
            'score': 'points',
            'health_score': 'points',
            'health_reason': 'sentence',
            'activation_rate': 'points',
            'adoption_rate': 'points',
            'last_active_on': 'days',
        },
    ) }}

)

select * from published
