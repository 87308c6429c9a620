{#
    The values of the attributes of users and accounts over time, as text, for
    filters, plans and segments.

    subscription_status (trial, paid or cancelled) is derived from dates.
#}
{% set remembered_as = product_signals.remembered_as %}
{% set first_day = product_signals.first_day() %}
{% set last_day = product_signals.last_day() %}

with accounts as (

    select
        entity_id as account_id,
        trial_started_on,
        converted_on,
        cancelled_on
    from {{ ref('int_product_signals__entities') }}
    where entity = 'account' and is_known

),

account_periods as (

    select * from {{ ref('int_product_signals__account_attributes') }}

),

{# An account with neither date was always paid; one with only a conversion
   date was on trial until then. #}
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

user_bounds as (

    select user_id, valid_from as bound
    from {{ ref('int_product_signals__user_attributes') }}
    union all
    select user_id, valid_to as bound
    from {{ ref('int_product_signals__user_attributes') }}
    union all
    select user_id, valid_from as bound
    from {{ ref('int_product_signals__user_accounts') }}

),

user_cut as (

    {{ product_signals.cut('user_bounds', 'user_id') }}

),

user_periods as (

    select
        cut.user_id,
        cut.valid_from,
        cut.valid_to,
        coalesce(memberships.role, attributes.role) as role
        {%- for column in product_signals.filter_attributes('user')
            if column != 'role' %},
        attributes.{{ remembered_as('user', column) }}
        {%- endfor %}
    from user_cut as cut
    inner join {{ ref('int_product_signals__user_attributes') }} as attributes
        on
            cut.user_id = attributes.user_id
            and cut.valid_from >= attributes.valid_from
            and cut.valid_from < attributes.valid_to
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            cut.user_id = memberships.user_id
            and cut.valid_from >= memberships.valid_from
            and cut.valid_from < memberships.valid_to

),

attribute_periods as (

    {% for column in product_signals.filter_attributes('account') %}
    {% set type = product_signals.account_columns().get(column, 'text') %}
    select
        'account' as entity,
        account_id as entity_id,
        '{{ column }}' as attribute,
        {{ product_signals.as_text(
            remembered_as('account', column), type
        ) }} as value,
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
        {{ remembered_as('user', column) }} as value,
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
