{#
    What the inputs say about users and accounts, and from which day on: for
    this run and every run since the last complete one. A value that not all
    of them know is a change.

    kind   home     which account a user is in, and whether they are internal
           created  when they began
           licence  when they had a licence, or left
           row      anything about an account, a user's role
           name     what a user is called, which moves no figure of any day
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
{% set first_day = product_signals.first_day() %}
{% set last_day = product_signals.last_day() %}
{% set account_columns = (
    ['created_at', 'contract_ends_on']
    + product_signals.account_columns().keys() | list
    + product_signals.extra_attributes('account', quoted=true)
) %}
{% set history_columns = account_columns[1:] %}
{# Where created_at is empty, the first event stands for it. #}
{% set user_columns = (
    ['role', 'created_on is null']
    + product_signals.extra_attributes('user', quoted=true)
) %}
{% set run = product_signals.latest_run() %}

with users as (

    select * from {{ ref('stg_product_signals__users') }}

),

bounds as (

    select
        'user' as entity,
        user_id as entity_id,
        'home' as kind,
        account_id,
        case when is_internal then 'internal' else 'external' end as content,
        {{ first_day }} as bound
    from users

    union all

    select
        'user' as entity,
        user_id as entity_id,
        'row' as kind,
        account_id,
        {{ dbt.hash(product_signals.joined(user_columns)) }} as content,
        {{ first_day }} as bound
    from users

    union all

    select
        'user' as entity,
        user_id as entity_id,
        'name' as kind,
        cast(null as text) as account_id,
        {{ dbt.hash(product_signals.joined(['full_name', 'email'])) }}
            as content,
        {{ last_day }} as bound
    from users

    union all

    {% for column, kind in {
        'created_on': 'created',
        'deactivated_on': 'licence',
        'licensed_on': 'licence',
    }.items() %}
    select
        'user' as entity,
        user_id as entity_id,
        '{{ kind }}' as kind,
        account_id,
        '{{ column }}' as content,
        {{ column }} as bound
    from users
    where {{ column }} is not null

    union all

    {% endfor %}
    {% for bound in ['valid_from', 'valid_to'] %}
    select
        'user' as entity,
        user_id as entity_id,
        'home' as kind,
        account_id,
        '{{ bound }}|' || coalesce(role, '') as content,
        {{ bound }} as bound
    from {{ ref('stg_product_signals__memberships') }}

    union all

    select
        'account' as entity,
        account_id as entity_id,
        'row' as kind,
        account_id,
        '{{ bound }}|' || {{ dbt.hash(
            product_signals.joined(history_columns)
        ) }} as content,
        {{ bound }} as bound
    from {{ ref('stg_product_signals__account_history') }}

    union all

    {% endfor %}
    select
        'account' as entity,
        account_id as entity_id,
        'row' as kind,
        account_id,
        {{ dbt.hash(product_signals.joined(account_columns)) }} as content,
        {{ first_day }} as bound
    from {{ ref('stg_product_signals__accounts') }}

    union all

    select
        'account' as entity,
        account_id as entity_id,
        'created' as kind,
        account_id,
        'created_on' as content,
        created_on as bound
    from {{ ref('stg_product_signals__accounts') }}
    where created_on is not null

    union all

    select
        'account' as entity,
        account_id as entity_id,
        'row' as kind,
        account_id,
        {{ product_signals.joined(['meter', 'used', 'allowed']) }} as content,
        valid_from as bound
    from {{ ref('stg_product_signals__usage_limits') }}

    union all

    {# The same answer may be there twice, and then both count. #}
    select
        'account' as entity,
        account_id as entity_id,
        'row' as kind,
        account_id,
        {{ product_signals.joined([
            'survey', 'score', 'answered_at', 'user_id', 'count(*)',
        ]) }} as content,
        answered_on as bound
    from {{ ref('stg_product_signals__surveys') }}
    group by account_id, user_id, survey, score, answered_at, answered_on

)

{{ product_signals.bounds_of_runs(run) }}
