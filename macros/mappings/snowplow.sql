{#
    Snowplow's atomic.events.

    events         source or model
    account_key    the column with an event's account: one of your own entities,
                   with account_path into the first in its list (['id']), or a
                   plain column, without. On Postgres, entities have tables of
                   their own: join yours in a model, on root_id and root_tstamp,
                   and map that
    value_key      the column with an event's event_value, such as se_value;
                   with value_path, into an event of your own (['amount'])
    anonymous      drop, keep_as_user (by domain_userid) or resolve (the user of
                   that cookie at the time)
    include_pages  page_view
    exclude_events
                   names to leave out; * at the end stands for anything
    loaded_at      the column with the time of arrival in the warehouse; by
                   default load_tstamp
    actor_types    {platform: actor_type}: {'srv': 'system'}
    bots           true: robots, by the IAB enrichment, are a system
#}
{% macro snowplow_events(
    events,
    account_key=none,
    account_path=none,
    value_key=none,
    value_path=none,
    anonymous='drop',
    include_pages=false,
    exclude_events=['page_ping', 'page_view'],
    loaded_at='load_tstamp',
    actor_types={},
    bots=false
) %}
{%- set mapped = product_signals.mapped %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(events) %}
{%- set arrival = product_signals.mapped_columns(columns, [loaded_at]) %}
{%- set optional = product_signals.mapped_optional({
    'loaded_at': arrival,
    'account_id': account_key,
    'event_value': value_key,
    'actor_type': actor_types or bots,
}) %}
{%- set actor_type = product_signals.mapped_actor(
    mapped(columns, ['platform']), actor_types
) -%}
with sent as (

    select
        {{ mapped(columns, ['event_id']) }} as event_id,
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['domain_userid']) }} as anonymous_id,
        {{ mapped(columns, ['event']) }} as kind,
        {{ mapped(columns, ['event_name', 'event']) }} as name,
        {{ mapped(columns, ['se_category']) }} as category,
        {{ mapped(columns, ['se_action']) }} as action_name,
        {{ mapped(columns, [
            'true_tstamp', 'derived_tstamp', 'collector_tstamp'
        ], 'timestamp') }} as occurred_at
        {%- if arrival %},
        {{ mapped(columns, arrival, 'timestamp') }} as loaded_at
        {%- endif %}
        {%- if account_key %},
        {{ json(columns, account_key, [0] + account_path) if account_path
            else mapped(columns, [account_key]) }} as account_id
        {%- endif %}
        {%- if value_key %},
        {{ json(columns, value_key, value_path) if value_path
            else mapped(columns, [value_key]) }} as event_value
        {%- endif %}
        {%- if bots %},
        case
            when {{ json(
                columns, 'contexts_com_iab_snowplow_spiders_and_robots_1',
                [0, 'spiderOrRobot']
            ) }} = 'true' then 'system'
            else {{ actor_type }}
        end as actor_type
        {%- elif actor_types %},
        {{ actor_type }} as actor_type
        {%- endif %}
    from {{ events }}

),

named as (

    select
        sent.*,
        {#- All structured events have the same event_name. #}
        case
            when kind = 'struct'
                then coalesce(category || '/', '') || coalesce(action_name, '')
            else name
        end as event_name
    from sent

),

known as (

    select
        anonymous_id,
        user_id,
        occurred_at as known_at,
        {{ 'loaded_at' if arrival
            else product_signals.typed_null('timestamp') }} as loaded_at
    from named

)

{{ product_signals.mapped_events(
    'named', optional, 'snowplow', anonymous, 'known',
    exclude=exclude_events,
    but=['page_view'] if include_pages else []
) }}
{%- endmacro %}
