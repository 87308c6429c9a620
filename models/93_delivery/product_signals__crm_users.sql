{#
    What to tell a CRM about a user who is not internal. A row is rewritten only
    when there is something to tell: see crm_changes().
#}
{{ product_signals.public() }}
{{ product_signals.incremental_by('keys', ['user_id']) }}
-- depends_on: {{ ref('int_product_signals__scope') }}
-- depends_on: {{ ref('product_signals__attribute_history') }}

with users as (

    select
        users.*,
        given.created_on,
        coalesce(
            users.deactivated_on <= users.as_of_date, false
        ) as is_deactivated
    from {{ ref('product_signals__users') }} as users
    inner join {{ ref('stg_product_signals__users') }} as given
        on users.user_id = given.user_id
    where {{ product_signals.is_crm_key('users.user_id') }}

),

work_list as (

    select
        *,
        entity_id as user_id
    from {{ ref('product_signals__work_list') }}
    where entity = 'user'

),

work as (

    {{ product_signals.crm_work('work_list', 'user_id') }}

),

listed as (

    select
        users.user_id,
        {{ product_signals.crm_text('users.crm_id') }} as crm_id,
        {{ product_signals.crm_text('users.email') }} as email,
        {{ product_signals.crm_text('users.full_name') }} as full_name,
        {{ product_signals.crm_text('users.account_id') }} as account_id,
        {{ product_signals.crm_text('accounts.crm_id') }} as account_crm_id,
        {{ product_signals.crm_text('users.role') }} as role,
        users.created_on,
        cast(users.score as numeric(5, 2)) as score,
        users.score_band,
        users.trend,
        work.open_signals,
        coalesce(work.open_signal_count, 0) as open_signal_count,
        work.signal_severity,
        {{ product_signals.crm_text('work.next_action') }} as next_action,
        {{ product_signals.crm_text('work.signal_detail', 3000) }}
            as signal_detail,
        cast(users.activation_rate as numeric(5, 2)) as activation_rate,
        users.activation_band,
        cast(users.adoption_rate as numeric(5, 2)) as adoption_rate,
        users.adoption_band,
        coalesce(users.leads_account and {{ product_signals.band(
            'silent_days', 'users.days_since_last_active'
        ) }} <> 'silent', false) as is_champion,
        users.as_of_date - users.days_since_last_active as last_active_on,
        {{ product_signals.crm_text('accounts.csm') }} as owner,
        {{ product_signals.owner_email('accounts') }} as owner_email,
        users.is_deactivated,
        false as is_deleted
    from users
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on users.account_id = accounts.account_id
    left join work
        on users.user_id = work.user_id

),

everybody as (

    {{ product_signals.crm_everybody(
        'listed',
        'user_id',
        kept=[
            'user_id', 'crm_id', 'email', 'full_name', 'account_id',
            'account_crm_id', 'owner', 'owner_email', 'created_on',
        ],
        left={'open_signal_count': '0'},
        later=['is_primary_for_email'],
    ) }}

),

{# HubSpot has one record per address: users who left come last. #}
addressed as (

    select
        *,
        email is not null and row_number() over (
            partition by lower(email)
            order by
                case when is_deleted then 2 when is_deactivated then 1 else 0
                end,
                created_on,
                user_id
        ) = 1 as is_primary_for_email
    from everybody

),

published as (

    {{ product_signals.crm_changes(
        'addressed',
        'user_id',
        near={
            'score': 'points',
            'activation_rate': 'points',
            'adoption_rate': 'points',
            'last_active_on': 'days',
        },
    ) }}

)

select * from published
