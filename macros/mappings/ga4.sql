{#
    Google Analytics 4, as exported to BigQuery. The package doesn't run there:
    copy the tables to DuckDB, nested as they are.

    events          the daily tables, events_YYYYMMDD, as one; on BigQuery the
                    source events_2*
    intraday        events_intraday_YYYYMMDD, for days without a daily table yet
    account_key     the key with an event's account, and
    account_in      where it is: event_params or user_properties
    value_key       the key in event_params with an event's event_value: value
    anonymous       drop, keep_as_user (by user_pseudo_id) or resolve (the user
                    of that browser at the time)
    include_pages   page_view
    exclude_events  names to leave out; * at the end stands for anything

    Events have no id. It is made of all that places an event; rows with the
    same id are one event.
#}
{% macro ga4_events(
    events,
    intraday=none,
    account_key=none,
    account_in='event_params',
    value_key=none,
    anonymous='drop',
    include_pages=false,
    exclude_events=[
        'session_start', 'first_visit', 'user_engagement', 'scroll', 'page_view'
    ]
) %}
{%- set relations = [events, intraday] | select | list -%}
with daily as (

    select distinct event_date from {{ events }}

),

sent as (
    {%- for relation in relations %}
    {%- set columns = product_signals.input_columns(relation) %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {%- for part in product_signals.mapped_columns(columns, [
            'user_pseudo_id', 'event_timestamp', 'event_name',
            'event_bundle_sequence_id', 'batch_page_id', 'batch_ordering_id',
            'batch_event_index', 'stream_id',
        ]) %}
        coalesce(cast({{ part }} as string), '') || '|' ||
        {%- endfor %}
        coalesce(
            {{ product_signals.ga4_value('event_params', 'ga_session_id') }}, ''
        ) as event_id,
        nullif(user_id, '') as user_id,
        nullif(user_pseudo_id, '') as anonymous_id,
        event_name,
        {{ product_signals.ga4_time('event_timestamp') }} as occurred_at
        {%- if account_key %},
        {{ product_signals.ga4_value(account_in, account_key) }} as account_id
        {%- endif %}
        {%- if value_key %},
        {{ product_signals.ga4_value('event_params', value_key) }}
            as event_value
        {%- endif %}
    from {{ relation }}
    {%- if not loop.first %}
    where event_date not in (select event_date from daily)
    {%- endif %}
    {%- endfor %}

),

known as (

    select
        anonymous_id,
        user_id,
        occurred_at as known_at,
        cast(null as timestamp) as loaded_at
    from sent

)

{{ product_signals.mapped_events(
    'sent',
    product_signals.mapped_optional({
        'account_id': account_key,
        'event_value': value_key,
    }),
    'ga4', anonymous, 'known',
    exclude=exclude_events,
    but=['page_view'] if include_pages else []
) }}
{%- endmacro %}
