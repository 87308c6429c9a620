{#
    One row per user or account that is or was in the inputs, or has events,
    with the dates of its life. It begins on the day of created_at or, without
    one, of its first event.

    Dates are as of now or, for those gone from the inputs, as last known.
    Users who have only ever been internal are left out.
#}
{% set days = {
    'user': ['deactivated_on', 'licensed_on'],
    'account': ['trial_started_on', 'converted_on', 'cancelled_on'],
} %}
{% set all_days = days['user'] + days['account'] %}

with seen_users as (

    select
        user_id,
        min(event_date) as first_seen_on
    from {{ ref('int_product_signals__daily_activity') }}
    group by user_id

),

seen_accounts as (

    select
        account_id,
        min(event_date) as first_seen_on
    from {{ ref('int_product_signals__daily_activity') }}
    where account_id is not null
    group by account_id

),

counted_users as (

    select distinct user_id
    from {{ ref('int_product_signals__user_attributes') }}
    where not is_internal

),

{% for entity in ['user', 'account'] %}
known_{{ entity }}s as (

    select
        attributes.{{ entity }}_id,
        {%- for column in ['created_on'] + days[entity] %}
        case
            when listed.{{ entity }}_id is null then attributes.{{ column }}
            else listed.{{ column }}
        end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__' ~ entity ~ '_attributes') }}
        as attributes
    left join {{ ref('stg_product_signals__' ~ entity ~ 's') }} as listed
        on attributes.{{ entity }}_id = listed.{{ entity }}_id
    {%- if entity == 'user' %}
    inner join counted_users
        on attributes.user_id = counted_users.user_id
    {%- endif %}
    where attributes.valid_to = {{ product_signals.last_day() }}

),

{% endfor %}
entities as (

    {% for entity in ['user', 'account'] %}
    select
        '{{ entity }}' as entity,
        coalesce(known.{{ entity }}_id, seen.{{ entity }}_id) as entity_id,
        coalesce(known.created_on, seen.first_seen_on) as begins_on,
        seen.first_seen_on,
        known.{{ entity }}_id is not null as is_known,
        {%- for column in all_days %}
        {{ 'known.' ~ column if column in days[entity]
            else 'cast(null as date)' }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from known_{{ entity }}s as known
    full outer join seen_{{ entity }}s as seen
        on known.{{ entity }}_id = seen.{{ entity }}_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from entities
