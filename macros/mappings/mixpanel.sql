{#
    Mixpanel's JSON data pipelines (mp_master_event, mp_people_data and
    mp_identity_mappings_data; on BigQuery the views of the latter two), or
    Fivetran's table event.

    events, identities, people
                     sources or models
    account_key      the group key for accounts: company_id. Of several values,
                     the first counts
    value_key        the property with an event's event_value
    anonymous        drop or keep_as_user: devices without a user in identities
    include_pages    $mp_web_page_view
    exclude_events   names to leave out; * at the end stands for anything
    loaded_at        the column with the time of arrival in the warehouse; by
                     default _fivetran_synced. Mixpanel itself writes none
    actor_types      {mp_lib: actor_type}: {'node': 'system'}
    timezone         the time zone of Fivetran's times: your project's
    traits           {column of the input: property}
#}
{% macro mixpanel_events(
    events,
    identities=none,
    account_key=none,
    value_key=none,
    anonymous='drop',
    include_pages=false,
    exclude_events=['$*'],
    loaded_at=none,
    actor_types={},
    timezone='UTC'
) %}
{%- set mapped = product_signals.mapped %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(events) %}
{%- set arrival = product_signals.mapped_columns(
    columns, [loaded_at or '_fivetran_synced']
) %}
{%- set has_id = columns and '_fivetran_id' in columns %}
{%- set optional = product_signals.mapped_optional({
    'loaded_at': arrival,
    'account_id': account_key,
    'event_value': value_key,
    'actor_type': actor_types,
}) -%}
with sent as (

    select
        {{ mapped(columns, ['_fivetran_id' if has_id else 'insert_id']) }}
            as given_id,
        {{ mapped(columns, ['distinct_id']) }} as distinct_id,
        {{ mapped(columns, ['event_name', 'name']) }} as event_name,
        {{ product_signals.local_to_utc(
            mapped(columns, ['time'], 'timestamp'), timezone
        ) }} as occurred_at
        {%- if arrival %},
        {{ mapped(columns, arrival, 'timestamp') }} as loaded_at
        {%- endif %}
        {%- if account_key %},
        {{ json(columns, 'properties', [account_key]) }} as account_id
        {%- endif %}
        {%- if value_key %},
        {{ json(columns, 'properties', [value_key]) }} as event_value
        {%- endif %}
        {%- if actor_types %},
        {{ product_signals.mapped_actor(
            json(columns, 'properties', ['mp_lib']), actor_types
        ) }} as actor_type
        {%- endif %}
    from {{ events }}

),

resolved as (

    {{ product_signals.mixpanel_resolved('sent', identities) }}

),

identified as (

    select
        resolved.*,
        resolved_id as anonymous_id,
        {{ product_signals.mixpanel_user('resolved_id') }} as user_id,
        {%- if has_id %}
        given_id as event_id
        {%- else %}
        {#- insert_id isn't an id by itself. #}
        given_id || '|' || coalesce(event_name, '') || '|'
        || coalesce(distinct_id, '') || '|'
        || coalesce(cast(cast(occurred_at as date) as text), '') as event_id
        {%- endif %}
    from resolved

)

{{ product_signals.mapped_events(
    'identified', optional, 'mixpanel', anonymous,
    exclude=exclude_events,
    but=['$mp_web_page_view'] if include_pages else []
) }}
{%- endmacro %}

{# One row per user: of merged profiles, the one with the user's own id. $email,
   $name and $created are Mixpanel's; the account is the property
   account_key. #}
{% macro mixpanel_users(people, identities=none, account_key=none, traits={}) %}
{%- set mapped = product_signals.mapped %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(people) %}
{%- set traits = dict({'email': '$email', 'full_name': '$name'}, **traits) %}
{%- set account_key = traits.pop('account_id', account_key) -%}
with profiles as (

    select
        {{ mapped(columns, ['distinct_id']) }} as distinct_id,
        {{ json(columns, 'properties', [account_key]) if account_key
            else product_signals.typed_null('text') }} as account_id,
        {{ product_signals.text_to_utc(json(
            columns, 'properties', [traits.get('created_at', '$created')]
        )) }} as created_at
        {%- for column, trait in traits.items() if column != 'created_at' %},
        {{ json(columns, 'properties', [trait]) }} as {{ column }}
        {%- endfor %}
    from {{ people }}

),

resolved as (

    {{ product_signals.mixpanel_resolved('profiles', identities) }}

),

ranked as (

    select
        resolved.*,
        row_number() over (
            partition by resolved_id
            order by
                case when resolved_id = distinct_id then 0 else 1 end,
                distinct_id
        ) as place
    from resolved

)

select
    resolved_id as user_id,
    account_id,
    created_at
    {%- for column in traits if column != 'created_at' %},
    {{ column }}
    {%- endfor %}
from ranked
where
    place = 1
    and {{ product_signals.mixpanel_user('resolved_id') }} is not null
{%- endmacro %}

{# Null for the id of a device, which starts like that. #}
{% macro mixpanel_user(id) %}
    {%- do return(
        'case when substr(' ~ id ~ ", 1, 8) <> '$device:' then " ~ id ~ ' end'
    ) %}
{% endmacro %}

{# A relation's rows, with the id that their distinct_id was merged into. #}
{% macro mixpanel_resolved(given, identities) %}
    {%- if identities %}
    {%- set columns = product_signals.input_columns(identities) -%}
    select
        given.*,
        coalesce(people.resolved_id, given.distinct_id) as resolved_id
    from {{ given }} as given
    left join (
        select
            distinct_id,
            max(resolved_id) as resolved_id
        from (
            select
                {{ product_signals.mapped(columns, ['distinct_id']) }}
                    as distinct_id,
                {{ product_signals.mapped(columns, ['resolved_distinct_id']) }}
                    as resolved_id
            from {{ identities }}
        ) as identities
        group by distinct_id
    ) as people
        on given.distinct_id = people.distinct_id
    {%- else -%}
    select
        given.*,
        given.distinct_id as resolved_id
    from {{ given }} as given
    {%- endif %}
{%- endmacro %}
