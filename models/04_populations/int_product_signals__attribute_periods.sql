{#
    The value of every attribute of users and accounts over time, as text: for
    filters, plans and segments. Values come from the account history and the
    memberships where those say something, else as known now.

    subscription_status is derived: trial, paid or cancelled, by the dates.
#}
{% set history = product_signals.history_columns() %}
{% set first_day = product_signals.first_day() %}
{% set last_day = product_signals.last_day() %}

with accounts as (

    select * from {{ ref('stg_product_signals__accounts') }}

),

users as (

    select * from {{ ref('stg_product_signals__users') }}

),

{# Where the history is silent, before it and in its gaps, today's value. #}
history_bounds as (

    select account_id, {{ first_day }} as bound from accounts
    union all
    select account_id, {{ last_day }} as bound from accounts
    union all
    select account_id, valid_from as bound
    from {{ ref('stg_product_signals__account_history') }}
    union all
    select account_id, valid_to as bound
    from {{ ref('stg_product_signals__account_history') }}

),

history_cut as (

    {{ product_signals.cut('history_bounds', 'account_id') }}

),

account_periods as (

    select
        accounts.account_id,
        history_cut.valid_from,
        history_cut.valid_to,
        {%- for column in product_signals.filter_attributes('account') %}
        {%- set name = product_signals.quoted(column) %}
        {%- if column in history %}
        case
            when history.account_id is null then accounts.{{ name }}
            else history.{{ name }}
        end as {{ name }}
        {%- else %}
        accounts.{{ name }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from history_cut
    inner join accounts
        on history_cut.account_id = accounts.account_id
    left join {{ ref('stg_product_signals__account_history') }} as history
        on
            history_cut.account_id = history.account_id
            and history_cut.valid_from >= history.valid_from
            and history_cut.valid_from < history.valid_to

),

{# No trial and no conversion date: paid since created. A conversion without a
   trial date: on trial until then. #}
subscriptions as (

    select
        account_id,
        case
            when trial_started_on is not null then trial_started_on
            when converted_on is not null then {{ first_day }}
        end as trial_from,
        coalesce(converted_on, {{ last_day }}) as converted_from,
        coalesce(cancelled_on, {{ last_day }}) as cancelled_from
    from accounts

),

subscription_bounds as (

    select account_id, {{ first_day }} as bound from subscriptions
    union all
    select account_id, {{ last_day }} as bound from subscriptions
    union all
    select account_id, trial_from as bound
    from subscriptions
    where trial_from is not null
    union all
    select account_id, converted_from as bound from subscriptions
    union all
    select account_id, cancelled_from as bound from subscriptions

),

subscription_cut as (

    {{ product_signals.cut('subscription_bounds', 'account_id') }}

),

subscription_periods as (

    select
        cut.account_id,
        case
            when cut.valid_from >= subscriptions.cancelled_from
                then 'cancelled'
            when
                cut.valid_from >= subscriptions.trial_from
                and cut.valid_from < subscriptions.converted_from
                then 'trial'
            else 'paid'
        end as subscription_status,
        cut.valid_from,
        cut.valid_to
    from subscription_cut as cut
    inner join subscriptions
        on cut.account_id = subscriptions.account_id

),

user_periods as (

    select
        users.user_id,
        user_accounts.valid_from,
        user_accounts.valid_to,
        {%- for column in product_signals.filter_attributes('user') %}
        {%- if column == 'role' %}
        coalesce(memberships.role, users.role) as role
        {%- else %}
        users.{{ product_signals.quoted(column) }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join users
        on user_accounts.user_id = users.user_id
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            user_accounts.user_id = memberships.user_id
            and user_accounts.valid_from >= memberships.valid_from
            and user_accounts.valid_from < memberships.valid_to

),

attribute_periods as (

    {% for column in product_signals.filter_attributes('account') %}
    {% set type = product_signals.account_columns().get(column, 'text') %}
    select
        'account' as entity,
        account_id as entity_id,
        '{{ column }}' as attribute,
        {{ product_signals.as_text(product_signals.quoted(column), type) }}
            as value,
        valid_from,
        valid_to
    from account_periods
    union all
    {% endfor %}
    {% for column in product_signals.filter_attributes('user') %}
    select
        'user' as entity,
        user_id as entity_id,
        '{{ column }}' as attribute,
        {{ product_signals.quoted(column) }} as value,
        valid_from,
        valid_to
    from user_periods
    union all
    {% endfor %}
    select
        'account' as entity,
        account_id as entity_id,
        'subscription_status' as attribute,
        subscription_status as value,
        valid_from,
        valid_to
    from subscription_periods

)

select * from attribute_periods
