{#
    Accepted events by day, user, account, event and actor as sent; redelivered
    ones count once. No seeds, users or memberships are used, so changing those
    never needs another scan of the raw events.
#}
{{ product_signals.incremental_by('loaded_days', 'event_date') }}
{% set partial = not product_signals.reads_all_events() %}
{% set loaded = ref('int_product_signals__loaded_days') %}
{% set has_count = product_signals.has_column('events', 'event_count') %}
{% set has_value = product_signals.has_column('events', 'event_value') %}
{% set has_loaded_at = product_signals.has_column('events', 'loaded_at') %}
{% set unreadable = product_signals.unreadable_of_events() %}
{% set keys = ['event_date', 'user_id', 'event_name'] %}
{% for column in ['account_id', 'actor_type'] %}
{% if product_signals.has_column('events', column) %}
{% do keys.append(column) %}
{% endif %}
{% endfor %}

with deduplicated as (

    select
        {%- for key in keys %}
        events.{{ key }},
        {%- endfor %}
        events.event_id,
        {{ 'max(event_count)' if has_count else '1' }} as event_count,
        {{ 'max(event_value)' if has_value else 'null' }} as event_value,
        min(occurred_at) as occurred_at,
        count(*) as received_rows,
        {%- for column in unreadable %}
        sum(case when is_{{ column }}_unread then 1 else 0 end)
            as {{ column }}_unread_rows,
        min(
            case
                when is_{{ column }}_unread
                    then substr({{ column }}_text, 1, 100)
            end
        ) as {{ column }}_unread_example,
        {%- endfor %}
        {% if has_loaded_at -%}
        max(
            case
                when loaded_at > occurred_at + interval '1 day' then 1 else 0
            end
        ) as late_row
        {%- else -%}
        0 as late_row
        {%- endif %}
    from {{ ref('stg_product_signals__events') }} as events
    {%- if partial %}
    inner join {{ loaded }} as loaded
        on events.event_date = loaded.event_date
    {%- endif %}
    where
        events.reject_reason is null
        {%- if partial %}
        {# Days are in the variable timezone, times in UTC. #}
        and events.occurred_at
        >= {{ product_signals.first_day_of(loaded, 'event_date') }} - 1
        {%- endif %}
    group by events.{{ keys | join(', events.') }}, events.event_id

),

daily_events as (

    select
        event_date,
        user_id,
        {{ 'account_id' if 'account_id' in keys else 'cast(null as text)' }}
            as account_id,
        event_name,
        {{ 'actor_type' if 'actor_type' in keys else "cast('human' as text)" }}
            as actor_type,
        {# An event that happened zero times has no value and no time. Decimals
           have the same sum in any order. #}
        {% if has_count -%}
        sum(event_count) as event_count,
        min(case when event_count > 0 then occurred_at end)
            as first_occurred_at,
        max(case when event_count > 0 then occurred_at end)
            as last_occurred_at,
        {%- else -%}
        count(*) as event_count,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at,
        {%- endif %}
        {% if has_value -%}
        sum(
            case
                when event_count > 0
                    then cast(event_value as numeric(38, 9))
            end
        ) as event_value,
        {%- else -%}
        cast(null as numeric(38, 9)) as event_value,
        {%- endif %}
        count(*) as accepted_rows,
        sum(received_rows) as received_rows,
        {%- for column in unreadable %}
        sum({{ column }}_unread_rows) as {{ column }}_unread_rows,
        min({{ column }}_unread_example) as {{ column }}_unread_example,
        {%- endfor %}
        sum(late_row) as late_rows
    from deduplicated
    group by {{ keys | join(', ') }}

)

select * from daily_events
