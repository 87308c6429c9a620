{#
    One row per received event: cast, checked and flagged. Rejected ones stay.
    Redelivery, which needs other rows, is left to the daily roll-up.
#}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set events = product_signals.input_relation('events') %}
{% set columns = product_signals.input_columns(events) %}
{% set value = product_signals.input_value %}
{% set text = product_signals.input_text %}
{% set occurred_at = product_signals.input_column('occurred_at', columns) %}
{% set is_a_count -%}
given_count >= 0
            and given_count <= 1000000000
            and given_count = floor(given_count)
{%- endset %}
{% set unreadable = product_signals.unreadable_of_events() %}

with received as (

    select
        {{ value('event_id', 'id', columns) }} as event_id,
        {{ value('user_id', 'id', columns) }} as user_id,
        {{ value('account_id', 'id', columns) }} as account_id,
        {{ value('event_name', 'text', columns) }} as event_name,
        {{ value('occurred_at', 'timestamp', columns) }} as occurred_at,
        {{ value('occurred_at', 'date', columns) }} as event_date,
        {{ value('event_count', 'number', columns) }} as given_count,
        {{ value('event_value', 'number', columns) }} as event_value,
        {{ value('loaded_at', 'timestamp', columns) }} as loaded_at,
        lower(trim({{ text('actor_type', columns) }})) as given_actor_type,
        {%- for column in unreadable %}
        {{ unreadable[column] }} as is_{{ column }}_unread,
        {%- endfor %}
        {{ occurred_at['name'] }} as given_time,
        {{ text('event_name', columns) }} as event_name_text,
        {{ text('occurred_at', columns) }} as occurred_at_text,
        nullif(trim({{ text('event_count', columns) }}), '')
            as event_count_text,
        {{ text('event_value', columns) }} as event_value_text,
        {{ text('loaded_at', columns) }} as loaded_at_text,
        {{ text('actor_type', columns) }} as actor_type_text,
        {{ text('source', columns) }} as source_text
    from {{ events }}
    {%- if var('only_loaded_by_then') %}
    where coalesce(
        {{ value('loaded_at', 'date', columns) }}
        <= cast('{{ var("as_of_date") }}' as date),
        true
    )
    {%- endif %}

),

checked as (

    select
        *,
        case
            when given_actor_type in ('agent', 'automation', 'system')
                then given_actor_type
            else 'human'
        end as actor_type,
        case
            when event_count_text is null then 1
            when {{ is_a_count }}
                then cast(given_count as bigint)
        end as event_count,
        case
            when event_id is null then 'event_id is missing'
            when user_id is null then 'user_id is missing'
            when event_name is null then 'event_name is missing'
            when
                occurred_at is null
                and coalesce(trim(cast(given_time as text)), '') = ''
                then 'occurred_at is missing'
            when
                occurred_at < timestamp '1990-01-01 00:00:00'
                or (occurred_at is null and {{ product_signals.is_beyond(
                    'given_time', occurred_at['kind']
                ) }})
                then 'occurred_at is before 1990'
            when
                occurred_at is null
                and {{ product_signals.is_beyond(
                    'given_time', occurred_at['kind'], after=true
                ) }}
                then 'occurred_at is after 2199'
            when occurred_at is null then 'occurred_at is not a time'
            when occurred_at > loaded_at + interval '1 day'
                then 'occurred_at is over a day after loaded_at'
            when event_count_text is null or {{ is_a_count }} then null
            else 'event_count is not a whole number from 0 to 1,000,000,000'
        end as reject_reason
    from received

)

select * from checked
