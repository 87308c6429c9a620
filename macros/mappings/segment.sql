{#
    Segment's warehouse tables. RudderStack's are the same (rudderstack.sql).

    tracks, pages, screens, identifies, groups, users
                  sources or models
    account_key   the column with the account of an event or a user
    anonymous     drop, keep_as_user or resolve (needs identifies)
    event_name    event, the name as Segment writes it for a table
                  (created_report), or event_text, as it was sent
    exclude_events
                  names to leave out; * at the end stands for anything
    loaded_at     the column with the time of arrival in the warehouse; by
                  default the first there is of loaded_at, uuid_ts and
                  received_at
    actor_types   {context_library_name: actor_type}, for servers that send what
                  nobody did: {'analytics-node': 'system'}
    traits        {column of the input: column of the tool}, besides those with
                  the same name in both
#}
{% macro segment_events(
    tracks,
    pages=none,
    screens=none,
    identifies=none,
    account_key='context_group_id',
    anonymous='drop',
    event_name='event',
    exclude_events=[],
    loaded_at=none,
    actor_types={},
    source='segment'
) %}
{%- set mapped = product_signals.mapped %}
{%- set arrival = product_signals.segment_arrival(loaded_at) %}
{%- set accounts = [] %}
{%- for relation in [tracks, pages, screens] if relation %}
    {%- do accounts.extend(product_signals.mapped_columns(
        product_signals.input_columns(relation), [account_key]
    )) %}
{%- endfor %}
{%- set optional = product_signals.mapped_optional({
    'loaded_at': true,
    'account_id': accounts,
    'actor_type': actor_types,
}) -%}
with calls as (
    {%- for relation, name in [
        (tracks, none), (pages, 'page_viewed'), (screens, 'screen_viewed')
    ] if relation %}
    {%- set columns = product_signals.input_columns(relation) %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {{ mapped(columns, ['id']) }} as event_id,
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['anonymous_id']) }} as anonymous_id,
        {{ "'" ~ name ~ "'" if name else mapped(columns, [event_name]) }}
            as event_name,
        {{ mapped(columns, ['timestamp'], 'timestamp') }} as occurred_at,
        {{ mapped(columns, arrival, 'timestamp') }} as loaded_at,
        {{ mapped(columns, [account_key]) }} as account_id,
        {{ product_signals.mapped_actor(
            mapped(columns, ['context_library_name']), actor_types
        ) }} as actor_type
    from {{ relation }}
    {%- endfor %}

)
{%- if anonymous == 'resolve' %}
{%- set columns = product_signals.input_columns(identifies) %},

known as (

    select
        {{ mapped(columns, ['anonymous_id']) }} as anonymous_id,
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['timestamp'], 'timestamp') }} as known_at,
        {{ mapped(columns, arrival, 'timestamp') }} as loaded_at
    from {{ identifies }}

)
{%- endif %}

{{ product_signals.mapped_events(
    'calls', optional, source, anonymous, 'known' if identifies else none,
    exclude=exclude_events
) }}
{%- endmacro %}

{# Users by users.id. created_at is the trait, or else the first identify call.
   The account is the trait account_key, or else the last group call's. #}
{% macro segment_users(
    users, identifies=none, groups=none, account_key=none, traits={}
) %}
{%- set mapped = product_signals.mapped %}
{%- set columns = product_signals.input_columns(users) %}
{%- set named = ['account_id', 'created_at', 'email', 'full_name'] %}
with users as (

    select
        {{ mapped(columns, ['id']) }} as user_id,
        {{ mapped(columns, [traits.get('account_id', account_key)]) }}
            as account_id,
        {{ mapped(
            columns, [traits.get('created_at', 'created_at')], 'timestamp'
        ) }} as created_at,
        {{ mapped(columns, [traits.get('email', 'email')]) }} as email,
        {%- if traits.full_name %}
        {{ mapped(columns, [traits.full_name]) }} as full_name
        {%- else %}
        coalesce(
            {{ mapped(columns, ['name']) }},
            nullif(trim(
                coalesce({{ mapped(columns, ['first_name']) }}, '') || ' '
                || coalesce({{ mapped(columns, ['last_name']) }}, '')
            ), '')
        ) as full_name
        {%- endif %}
        {%- for column, trait in traits.items() if column not in named %},
        {{ mapped(columns, [trait]) }} as {{ column }}
        {%- endfor %},
        {{ mapped(columns, ['received_at'], 'timestamp') }} as received_at
    from {{ users }}

),

latest as (

    select
        *,
        row_number() over (
            partition by user_id order by received_at desc
        ) as place
    from users

)
{%- if identifies %}
{%- set columns = product_signals.input_columns(identifies) %},

calls as (

    select
        {{ mapped(columns, ['user_id']) }} as user_id,
        {{ mapped(columns, ['timestamp'], 'timestamp') }} as known_at
    from {{ identifies }}

),

first_calls as (

    select
        user_id,
        min(known_at) as known_at
    from calls
    group by user_id

)
{%- endif %}
{%- if groups %},

memberships as (

    {{ product_signals.segment_memberships(groups) }}

)
{%- endif %}

select
    latest.user_id,
    {{ 'coalesce(latest.account_id, memberships.account_id)' if groups
        else 'latest.account_id' }} as account_id,
    {{ 'coalesce(latest.created_at, first_calls.known_at)' if identifies
        else 'latest.created_at' }} as created_at,
    latest.email,
    latest.full_name
    {%- for column in traits if column not in named %},
    latest.{{ column }}
    {%- endfor %}
from latest
{%- if identifies %}
left join first_calls on latest.user_id = first_calls.user_id
{%- endif %}
{%- if groups %}
left join memberships
    on
        latest.user_id = memberships.user_id
        and memberships.valid_to is null
{%- endif %}
where latest.place = 1
{%- endmacro %}

{# Accounts, from their group calls. #}
{% macro segment_accounts(groups, traits={}) %}
{%- set columns = product_signals.input_columns(groups) %}
{%- set types = product_signals.account_columns() %}
{%- set found = ['created_at'] -%}
with calls as (

    select
        {{ product_signals.mapped(columns, ['group_id']) }} as account_id,
        {{ product_signals.mapped(columns, ['timestamp'], 'timestamp') }}
            as occurred_at,
        {{ product_signals.mapped(
            columns, product_signals.segment_arrival(none), 'timestamp'
        ) }} as loaded_at,
        {{ product_signals.mapped(
            columns, [traits.get('created_at', 'created_at')], 'timestamp'
        ) }} as created_at
        {%- for column, trait in product_signals.account_traits(traits).items()
                if column != 'created_at'
                and product_signals.mapped_columns(columns, [trait]) %}
        {%- do found.append(column) %}
        {#- A text stays one: the package counts what it can't read. #}
        {%- set is_text = product_signals.input_column(
            trait | lower, columns
        )['kind'] == 'text' %}
        {%- set type = types.get(column, 'text') %},
        {{ product_signals.mapped(
            columns, [trait], 'text' if is_text or type == 'boolean' else type
        ) }} as {{ column }}
        {%- endfor %}
    from {{ groups }}

)

{{ product_signals.last_said('calls', 'account_id', found) }}
{%- endmacro %}

{# Who belonged to which account: from each group call to the next one that
   names another. #}
{% macro segment_memberships(groups) %}
{%- set columns = product_signals.input_columns(groups) -%}
{%- set named -%}
(
    select
        user_id,
        account_id,
        {{ product_signals.said_at() }} as valid_from
    from (
        select
            {{ product_signals.mapped(columns, ['user_id']) }} as user_id,
            {{ product_signals.mapped(columns, ['group_id']) }} as account_id,
            {{ product_signals.mapped(columns, ['timestamp'], 'timestamp') }}
                as occurred_at,
            {{ product_signals.mapped(
                columns, product_signals.segment_arrival(none), 'timestamp'
            ) }} as loaded_at
        from {{ groups }}
    ) as groups
)
{%- endset -%}
{{ product_signals.mapped_memberships(named) }}
{%- endmacro %}

{# Segment calls uuid_ts a debugging column. It is when the row was loaded;
   received_at is when Segment received it, and a replay keeps that. #}
{% macro segment_arrival(loaded_at) %}
    {% do return([loaded_at] if loaded_at else [
        'loaded_at', 'uuid_ts', 'received_at'
    ]) %}
{% endmacro %}
