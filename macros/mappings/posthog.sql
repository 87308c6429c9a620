{#
    PostHog's batch exports.

    events, persons  sources or models
    account_key      the group type for accounts: company; group_index is its
                     number in your project, for events without $groups
    value_key        the property with an event's event_value
    anonymous        drop or keep_as_user: distinct ids that persons lacks
    include_pages    $pageview and $screen
    exclude_events   names to leave out; * at the end stands for anything
    loaded_at        the column with the time of arrival in the warehouse; by
                     default the one that PostHog writes to Snowflake and
                     BigQuery
    actor_types      {$lib: actor_type}, for servers that send what nobody did:
                     {'posthog-node': 'system'}
    team_id          the project, if several share a table
    traits           {column of the input: property}
#}
{% macro posthog_events(
    events,
    persons=none,
    account_key=none,
    group_index=none,
    value_key=none,
    anonymous='drop',
    include_pages=false,
    exclude_events=['$*'],
    loaded_at=none,
    actor_types={},
    team_id=none
) %}
{%- set mapped = product_signals.mapped %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(events) %}
{%- set arrival = product_signals.mapped_columns(
    columns,
    [loaded_at] if loaded_at else product_signals.posthog_arrival()
) %}
{%- set optional = product_signals.mapped_optional({
    'loaded_at': arrival,
    'account_id': account_key,
    'event_value': value_key,
    'actor_type': actor_types,
}) -%}
with sent as (

    select
        {{ mapped(columns, ['uuid']) }} as event_id,
        {{ mapped(columns, ['distinct_id']) }} as distinct_id,
        {{ mapped(columns, ['team_id']) }} as team_id,
        {{ mapped(columns, ['event']) }} as event_name,
        {{ mapped(columns, ['timestamp'], 'timestamp') }} as occurred_at
        {%- if arrival %},
        {{ mapped(columns, arrival, 'timestamp') }} as loaded_at
        {%- endif %}
        {%- if account_key %},
        {%- set group = json(columns, 'properties', ['$groups', account_key]) %}
        {%- if group_index is none %}
        {{ group }} as account_id
        {%- else %}
        coalesce(
            {{ group }},
            {{ json(columns, 'properties', ['$group_' ~ group_index]) }}
        ) as account_id
        {%- endif %}
        {%- endif %}
        {%- if value_key %},
        {{ json(columns, 'properties', [value_key]) }} as event_value
        {%- endif %}
        {%- if actor_types %},
        {{ product_signals.mapped_actor(
            json(columns, 'properties', ['$lib']), actor_types
        ) }} as actor_type
        {%- endif %}
    from {{ events }}

),
{%- if persons %}

people as (

    {{ product_signals.posthog_people(persons) }}

),
{%- endif %}

identified as (

    select
        sent.*,
        sent.distinct_id as anonymous_id,
        {{ 'people.person_id' if persons else 'sent.distinct_id' }} as user_id
    from sent
    {%- if persons %}
    {#- PostHog never updates an event; persons says whose it is. #}
    left join people
        on
            sent.team_id = people.team_id
            and sent.distinct_id = people.distinct_id
    {%- endif %}
    {%- if team_id is not none %}
    where sent.team_id = '{{ team_id }}'
    {%- endif %}

)

{{ product_signals.mapped_events(
    'identified', optional, 'posthog', anonymous,
    exclude=exclude_events,
    but=['$pageview', '$screen'] if include_pages else []
) }}
{%- endmacro %}

{# One row per person who isn't deleted; email and name are the properties of
   that name, and the account is the one in account_key. #}
{% macro posthog_users(persons, account_key=none, traits={}, team_id=none) %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(persons) %}
{%- set traits = dict({'email': 'email', 'full_name': 'name'}, **traits) %}
{%- set account_key = traits.pop('account_id', account_key) -%}
with persons as (

    select
        {{ product_signals.mapped(columns, ['team_id']) }} as team_id,
        {{ product_signals.mapped(columns, ['distinct_id']) }} as distinct_id,
        {{ product_signals.mapped(columns, ['person_version'], 'number') }}
            as person_version,
        {{ product_signals.mapped(columns, ['person_id']) }} as user_id,
        {{ product_signals.mapped(columns, ['is_deleted'], 'boolean') }}
            as is_deleted,
        {{ json(columns, 'properties', [account_key]) if account_key
            else product_signals.typed_null('text') }} as account_id,
        {{ product_signals.text_to_utc(
            json(columns, 'properties', [traits.created_at])
        ) if traits.created_at
            else product_signals.mapped(columns, ['created_at'], 'timestamp')
        }} as created_at
        {%- for column, trait in traits.items() if column != 'created_at' %},
        {{ json(columns, 'properties', [trait]) }} as {{ column }}
        {%- endfor %}
    from {{ persons }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by user_id order by person_version desc, distinct_id
        ) as place
    from persons
    {%- if team_id is not none %}
    where team_id = '{{ team_id }}'
    {%- endif %}

)

select
    user_id,
    account_id,
    created_at
    {%- for column in traits if column != 'created_at' %},
    {{ column }}
    {%- endfor %}
from ranked
where
    place = 1
    and not coalesce(is_deleted, false)
    {#- No distinct id is left of a person merged into another. #}
    and user_id in (
        select person_id
        from ({{ product_signals.posthog_people(persons) }}) as people
    )
{%- endmacro %}

{# Groups aren't exported: their data comes from $groupidentify events, which
   have traits in $group_set. #}
{% macro posthog_accounts(events, account_key, traits={}, team_id=none) %}
{%- set json = product_signals.mapped_json %}
{%- set columns = product_signals.input_columns(events) %}
{%- set traits = dict({'account_name': 'name'}, **traits) -%}
with calls as (

    select
        {{ product_signals.mapped(columns, ['event']) }} as event_name,
        {{ product_signals.mapped(columns, ['team_id']) }} as team_id,
        {{ json(columns, 'properties', ['$group_type']) }} as group_type,
        {{ json(columns, 'properties', ['$group_key']) }} as account_id,
        {{ product_signals.mapped(columns, ['timestamp'], 'timestamp') }}
            as occurred_at,
        {{ product_signals.mapped(
            columns, product_signals.posthog_arrival(), 'timestamp'
        ) }} as loaded_at,
        {{ product_signals.text_to_utc(json(
            columns, 'properties',
            ['$group_set', traits.get('created_at', 'created_at')]
        )) }} as created_at
        {%- for column, trait in traits.items() if column != 'created_at' %},
        {{ json(columns, 'properties', ['$group_set', trait]) }}
            as {{ column }}
        {%- endfor %}
    from {{ events }}

),

said as (

    select *
    from calls
    where
        event_name = '$groupidentify'
        and group_type = {{ product_signals.text_literal(account_key) }}
        {%- if team_id is not none %}
        and team_id = '{{ team_id }}'
        {%- endif %}

)

{{ product_signals.last_said(
    'said', 'account_id',
    ['created_at'] + traits.keys() | reject('eq', 'created_at') | list
) }}
{%- endmacro %}

{# The person of a distinct id: the highest version if there are several. #}
{% macro posthog_people(persons) %}
    {%- set columns = product_signals.input_columns(persons) %}
    {%- set mapped = product_signals.mapped -%}
    select *
    from (
        select
            *,
            row_number() over (
                partition by team_id, distinct_id
                order by distinct_id_version desc, person_version desc
            ) as place
        from (
            select
                {{ mapped(columns, ['team_id']) }} as team_id,
                {{ mapped(columns, ['distinct_id']) }} as distinct_id,
                {{ mapped(columns, ['person_id']) }} as person_id,
                {{ mapped(
                    columns, ['person_distinct_id_version'], 'number'
                ) }} as distinct_id_version,
                {{ mapped(columns, ['person_version'], 'number') }}
                    as person_version
            from {{ persons }}
        ) as persons
    ) as versions
    where place = 1
{%- endmacro %}

{# When a row was exported, by the warehouse it is for; Postgres has neither. #}
{% macro posthog_arrival() %}
    {% do return(['snowflake_ingested_timestamp', 'bq_ingested_timestamp']) %}
{% endmacro %}
