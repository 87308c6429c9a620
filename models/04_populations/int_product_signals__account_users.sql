{#
    Users of an account on every day, by the users input: those known (created
    by then, not deactivated), those with a licence of their own, and those
    known who left within the last 30 days and have not come back.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set recent_days = 30 %}
{% set columns = ['known_users', 'licensed_users', 'users_left_30d'] %}

with users as (

    select
        user_accounts.user_id,
        user_accounts.account_id,
        user_accounts.valid_from,
        user_accounts.valid_to,
        entities.begins_on,
        entities.licensed_on,
        coalesce(entities.deactivated_on, {{ product_signals.last_day() }})
            as deactivated_on
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'user'
            and user_accounts.user_id = entities.entity_id
    where
        user_accounts.account_id is not null
        and user_accounts.is_there
        and entities.is_known

),

{% for name, first_day in {
    'known_periods': 'begins_on', 'licensed_periods': 'licensed_on',
}.items() %}
{{ name }} as (

    select
        user_id,
        account_id,
        greatest(valid_from, {{ first_day }}) as valid_from,
        least(valid_to, deactivated_on) as valid_to
    from users
    where
        {{ first_day }} is not null
        and greatest(valid_from, {{ first_day }})
        < least(valid_to, deactivated_on)

),

{% endfor %}
{# A membership may say what held anyway: who is there again that very day has
   not left. #}
left_periods as (

    select
        account_id,
        valid_to as valid_from,
        least(valid_to + {{ recent_days }}, back_on) as valid_to
    from (
        select
            account_id,
            valid_to,
            lead(valid_from, 1, {{ product_signals.last_day() }}) over (
                partition by user_id, account_id order by valid_from
            ) as back_on
        from known_periods
    ) as periods
    where valid_to < {{ product_signals.last_day() }}

),

changes as (

    {{ product_signals.period_changes('account_id', columns, {
        'known_users': 'known_periods',
        'licensed_users': 'licensed_periods',
        'users_left_30d': 'left_periods',
    }) }}

),

account_users as (

    {{ product_signals.running_account_days('changes', columns) }}

)

select * from account_users
