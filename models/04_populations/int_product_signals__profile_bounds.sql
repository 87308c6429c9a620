{#
    The profiles, accounts and plans of users and accounts, and from which day
    on they have them: for this run and every run since the last complete one.

    kind   profile   a profile, and the account it is had in
           plan      an account's plan, which entitles its users to features
           status    its subscription, which a rule on its users may look at
           checklist the main checklist
           segment   an attribute that any account has a value of, for then
                     all others are "unknown"
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

with bounds as (

    {% for bound in ['valid_from', 'valid_to'] %}
    select
        entity,
        entity_id,
        'profile' as kind,
        account_id,
        '{{ bound }}|' || profile || '|'
        || case when is_main_profile then 'main' else '' end as content,
        {{ bound }} as bound
    from {{ ref('int_product_signals__profile_periods') }}

    union all

    select
        entity,
        entity_id,
        case when attribute = 'plan' then 'plan' else 'status' end as kind,
        entity_id as account_id,
        '{{ bound }}|' || coalesce(value, '') as content,
        {{ bound }} as bound
    from {{ ref('int_product_signals__attribute_periods') }}
    where
        entity = 'account' and attribute in ('plan', 'subscription_status')

    union all

    select
        entity,
        entity_id,
        'checklist' as kind,
        cast(null as text) as account_id,
        '{{ bound }}|' || checklist as content,
        {{ bound }} as bound
    from {{ ref('int_product_signals__checklist_periods') }}
    where entity = 'user' and is_main_checklist

    union all

    {% endfor %}
    select distinct
        'attribute' as entity,
        attribute as entity_id,
        'segment' as kind,
        cast(null as text) as account_id,
        '' as content,
        {{ product_signals.first_day() }} as bound
    from {{ ref('int_product_signals__segment_periods') }}

)

{{ product_signals.bounds_of_runs(run) }}
