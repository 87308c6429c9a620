{#
    Amplitude's Snowflake share or export (EVENTS_<project> and
    MERGE_IDS_<project>), or Fivetran's table event.

    events, merge_ids  sources or models
    account_key        the group type for accounts: company. If an event has
                       several such groups, the first counts
    value_key          the event property with its event_value: revenue
    anonymous          drop, keep_as_user (by Amplitude's own id) or resolve
                       (the user of that id at the time)
    include_pages      [Amplitude] Page Viewed
    exclude_events     names to leave out; * at the end stands for anything
    loaded_at          the column with the time of arrival in the warehouse; by
                       default _fivetran_synced, server_upload_time or
                       processed_time
    actor_types        {platform: actor_type}: {'Server': 'system'}
    traits             {column of the input: user property}
#}
{% macro amplitude_events(
    events,
    merge_ids=none,
    account_key=none,
    value_key=none,
    anonymous='drop',
    include_pages=false,
    exclude_events=['session_start', 'session_end', '$*', '[Amplitude] *'],
    loaded_at=none,
    actor_types={}
) %}
{%- set mapped = product_signals.mapped %}
{%- set columns = product_signals.input_columns(events) %}
{%- set optional = product_signals.mapped_optional({
    'loaded_at': true,
    'account_id': account_key,
    'event_value': value_key,
    'actor_type': actor_types,
}) -%}
{{ 'with recursive' if merge_ids else 'with' }} sent as (

    select
        {{ mapped(columns, ['uuid']) }} as event_id,
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['amplitude_id']) }} as amplitude_id,
        {{ mapped(columns, ['event_type']) }} as event_name,
        {{ mapped(columns, ['event_time'], 'timestamp') }} as occurred_at,
        {{ mapped(
            columns,
            [loaded_at] if loaded_at else product_signals.amplitude_arrival(),
            'timestamp'
        ) }} as loaded_at
        {%- if account_key %},
        {{ product_signals.mapped_json(columns, 'groups', [account_key]) }}
            as account_id
        {%- endif %}
        {%- if value_key %},
        {{ product_signals.mapped_json(
            columns, 'event_properties', [value_key]
        ) }} as event_value
        {%- endif %}
        {%- if actor_types %},
        {{ product_signals.mapped_actor(
            mapped(columns, ['platform']), actor_types
        ) }} as actor_type
        {%- endif %}
    from {{ events }}

),
{%- if merge_ids %}

{{ product_signals.amplitude_merges(merge_ids) }},
{%- endif %}

identified as (

    select
        sent.event_id,
        sent.user_id,
        sent.event_name,
        sent.occurred_at,
        {%- for column in optional if column != 'loaded_at' %}
        sent.{{ column }},
        {%- endfor %}
        {%- if merge_ids %}
        coalesce(merges.merged_id, sent.amplitude_id) as anonymous_id,
        {#- A merged event counts as new. #}
        case
            when sent.user_id is null and merges.merged_at > sent.loaded_at
                then merges.merged_at
            else sent.loaded_at
        end as loaded_at
        {%- else %}
        sent.amplitude_id as anonymous_id,
        sent.loaded_at
        {%- endif %}
    from sent
    {%- if merge_ids %}
    left join merges on sent.amplitude_id = merges.amplitude_id
    {%- endif %}

),

known as (

    select
        anonymous_id,
        user_id,
        occurred_at as known_at,
        loaded_at
    from identified
    where user_id is not null

)

{{ product_signals.mapped_events(
    'identified', optional, 'amplitude', anonymous, 'known',
    exclude=exclude_events,
    but=['[Amplitude] Page Viewed'] if include_pages else []
) }}
{%- endmacro %}

{# Users, from their events: user_creation_time, the group account_key, and the
   user properties email and name. #}
{% macro amplitude_users(events, account_key=none, traits={}) %}
{%- set mapped = product_signals.mapped %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(events) %}
{%- set named = ['created_at', 'account_id'] %}
{%- set traits = dict({'email': 'email', 'full_name': 'name'}, **traits) -%}
with said as (

    select
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['event_time'], 'timestamp') }} as occurred_at,
        {{ mapped(
            columns, product_signals.amplitude_arrival(), 'timestamp'
        ) }} as loaded_at,
        {{ product_signals.text_to_utc(
            json(columns, 'user_properties', [traits.created_at])
        ) if traits.created_at
            else mapped(columns, ['user_creation_time'], 'timestamp')
        }} as created_at,
        {{ json(columns, 'user_properties', [traits.account_id])
            if traits.account_id
            else json(columns, 'groups', [account_key]) if account_key
            else product_signals.typed_null('text') }} as account_id
        {%- for column, trait in traits.items() if column not in named %},
        {{ json(columns, 'user_properties', [trait]) }} as {{ column }}
        {%- endfor %}
    from {{ events }}

)

{{ product_signals.last_said(
    'said', 'user_id',
    named + traits.keys() | reject('in', named) | list
) }}
{%- endmacro %}

{#
    Two relations: merged_ids, and merges: what each id was merged into in the
    end, and when that was known. Ids can be merged again; ten times is more
    than anybody should see, and the limit ends cycles.
#}
{% macro amplitude_merges(merge_ids) %}
{%- set columns = product_signals.input_columns(merge_ids) %}
{%- set mapped = product_signals.mapped -%}
merged_ids as (

    select
        {{ mapped(columns, ['amplitude_id']) }} as amplitude_id,
        {{ mapped(columns, ['merged_amplitude_id']) }} as merged_id,
        {{ mapped(columns, ['merge_server_time'], 'timestamp') }} as merged_at
    from {{ merge_ids }}

),

chains (amplitude_id, merged_id, merged_at, steps) as (

    select
        amplitude_id,
        merged_id,
        merged_at,
        1 as steps
    from merged_ids
    where amplitude_id <> merged_id

    union all

    select
        chains.amplitude_id,
        merged_ids.merged_id,
        case
            when merged_ids.merged_at > chains.merged_at
                then merged_ids.merged_at
            else chains.merged_at
        end as merged_at,
        chains.steps + 1 as steps
    from chains
    inner join merged_ids on chains.merged_id = merged_ids.amplitude_id
    where
        merged_ids.amplitude_id <> merged_ids.merged_id
        and chains.steps < 10

),

ranked_chains as (

    select
        *,
        row_number() over (
            partition by amplitude_id
            order by steps desc, merged_at desc, merged_id
        ) as place
    from chains

),

merges as (

    select
        amplitude_id,
        merged_id,
        merged_at
    from ranked_chains
    where place = 1

)
{%- endmacro %}

{# When a row arrived: in Fivetran's tables, or in Amplitude. #}
{% macro amplitude_arrival() %}
    {% do return([
        '_fivetran_synced', 'server_upload_time', 'processed_time'
    ]) %}
{% endmacro %}
