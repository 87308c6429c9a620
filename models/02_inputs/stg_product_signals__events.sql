{#
    Every received row: cast, checked and flagged, none dropped. Row-local on
    purpose: what looks at other rows (redelivery) comes with the roll-up.
#}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set events = product_signals.input_relation('events') %}
{% set types = product_signals.column_types(events) %}
{% set value = product_signals.input_value %}
{% set text = product_signals.input_text %}

with received as (

    select
        {{ value('event_id', 'text', types) }} as event_id,
        {{ value('user_id', 'text', types) }} as user_id,
        {{ value('account_id', 'text', types) }} as account_id,
        {{ value('event_name', 'text', types) }} as event_name,
        {{ value('occurred_at', 'timestamp', types) }} as occurred_at,
        {{ value('occurred_at', 'date', types) }} as event_date,
        {{ value('event_count', 'number', types) }} as given_count,
        {{ value('event_value', 'number', types) }} as event_value,
        {{ value('loaded_at', 'timestamp', types) }} as loaded_at,
        lower(trim({{ text('actor_type', types) }})) as given_actor_type,
        {{ text('occurred_at', types) }} as occurred_at_text,
        nullif(trim({{ text('event_count', types) }}), '') as event_count_text,
        {{ text('event_value', types) }} as event_value_text,
        {{ text('loaded_at', types) }} as loaded_at_text,
        {{ text('actor_type', types) }} as actor_type_text,
        {{ text('source', types) }} as source_text
    from {{ events }}
    {%- if var('only_loaded_by_then') %}
    where coalesce(
        {{ value('loaded_at', 'date', types) }}
        <= cast('{{ var("as_of_date") }}' as date),
        true
    )
    {%- endif %}

),

checked as (

    select
        *,
        case
            when given_actor_type in ('automation', 'system')
                then given_actor_type
            else 'human'
        end as actor_type,
        case
            when event_count_text is null then 1
            when given_count >= 0 and given_count = floor(given_count)
                then cast(given_count as bigint)
        end as event_count,
        case
            when event_id is null then 'event_id is missing'
            when user_id is null then 'user_id is missing'
            when event_name is null then 'event_name is missing'
            when
                (trim(occurred_at_text) <> '' and occurred_at is null)
                or occurred_at >= timestamp '9999-01-01 00:00:00'
                then 'occurred_at is no time'
            when occurred_at is null then 'occurred_at is missing'
            when occurred_at < timestamp '1990-01-01 00:00:00'
                then 'occurred_at is before 1990'
            when occurred_at > loaded_at + interval '1 day'
                then 'occurred_at is over a day after loaded_at'
            when event_count_text is null then null
            when
                given_count is null
                or given_count < 0
                or given_count <> floor(given_count)
                then 'event_count is no whole number from 0 up'
        end as reject_reason
    from received

)

select * from checked
