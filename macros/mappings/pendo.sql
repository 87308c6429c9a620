{#
    Pendo, as loaded by Fivetran. Events are already counted, by visitor,
    feature and short interval, and have no names: they get the current names of
    features and pages. After renaming one, run a full refresh.

    feature_events, page_events        feature_event, page_event
    features, pages                    feature_history, page_history
    visitors                           visitor_history
    accounts                           account_history
    anonymous                          drop or keep_as_user: visitors who
                                       haven't logged in
    exclude_events                     names to leave out; * at the end stands
                                       for anything
    loaded_at                          the column with the time of arrival in
                                       the warehouse; by default
                                       _fivetran_synced
    traits                             {column of the input: theirs}
#}
{% macro pendo_events(
    feature_events=none,
    features=none,
    page_events=none,
    pages=none,
    exclude_events=[],
    loaded_at='_fivetran_synced',
    anonymous='drop'
) %}
{%- set mapped = product_signals.mapped %}
{%- set kinds = [] %}
{%- for kind, events, names in [
    ('feature', feature_events, features), ('page', page_events, pages)
] if events %}
    {%- do kinds.append((kind, events, names)) %}
{%- endfor -%}
with sent as (
    {%- for kind, events, names in kinds %}
    {%- set columns = product_signals.input_columns(events) %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {#- The key of these tables; _fivetran_id is only a part of it. #}
        '{{ kind }}'
        {%- for part in [
            kind ~ '_id', 'visitor_id', 'account_id', 'server_name',
            'remote_ip', 'user_agent', '_fivetran_id',
        ] %} || '|'
        || coalesce({{ mapped(columns, [part]) }}, '')
        {%- endfor %} || '|'
        || coalesce(cast({{ mapped(
            columns, ['timestamp'], 'timestamp'
        ) }} as text), '') as event_id,
        {{ mapped(columns, ['visitor_id']) }} as visitor_id,
        {{ mapped(columns, ['account_id']) }} as account_id,
        '{{ kind }}' as kind,
        {{ mapped(columns, [kind ~ '_id']) }} as thing_id,
        {{ mapped(columns, ['timestamp'], 'timestamp') }} as occurred_at,
        {{ mapped(columns, ['num_events'], 'number') }} as event_count,
        {{ mapped(columns, [loaded_at], 'timestamp') }} as loaded_at
    from {{ events }}
    {%- endfor %}

),

things as (
    {%- for kind, events, names in kinds %}
    {%- set columns = product_signals.input_columns(names) %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        '{{ kind }}' as kind,
        {{ mapped(columns, ['id']) }} as thing_id,
        {{ mapped(columns, ['name']) }} as name,
        {{ mapped(columns, ['last_updated_at'], 'timestamp') }} as updated_at
    from {{ names }}
    {%- endfor %}

),

named as (

    select
        things.*,
        row_number() over (
            partition by kind, thing_id order by updated_at desc, name
        ) as place
    from things

),

events as (

    select
        sent.*,
        {{ product_signals.pendo_user('sent.visitor_id') }} as user_id,
        sent.visitor_id as anonymous_id,
        coalesce(named.name, sent.thing_id) as event_name
    from sent
    left join named
        on
            sent.kind = named.kind
            and sent.thing_id = named.thing_id
            and named.place = 1

)

{{ product_signals.mapped_events(
    'events', ['account_id', 'event_count', 'loaded_at'], 'pendo', anonymous,
    exclude=exclude_events
) }}
{%- endmacro %}

{# Visitors who have logged in: the table user has Pendo's own seats. created_at
   is first_visit. #}
{% macro pendo_users(visitors, traits={}) %}
{{ product_signals.pendo_latest(
    visitors, 'user_id', dict({'account_id': 'account_id'}, **traits)
) }}
{%- endmacro %}

{# created_at is first_visit. #}
{% macro pendo_accounts(accounts, traits={}) %}
{{ product_signals.pendo_latest(accounts, 'account_id', traits) }}
{%- endmacro %}

{# visitor_account_history. A visitor with several accounts belongs to the last
   one written; their events name their own. #}
{% macro pendo_memberships(visitor_accounts) %}
{%- set columns = product_signals.input_columns(visitor_accounts) -%}
{%- set named -%}
(
    select
        {{ product_signals.pendo_user(
            product_signals.mapped(columns, ['visitor_id'])
        ) }} as user_id,
        {{ product_signals.mapped(columns, ['account_id']) }} as account_id,
        {{ product_signals.mapped(
            columns, ['visitor_last_updated_at'], 'timestamp'
        ) }} as valid_from
    from {{ visitor_accounts }}
)
{%- endset -%}
{{ product_signals.mapped_memberships(named) }}
{%- endmacro %}

{# Null for a visitor who hasn't logged in, whose id starts like that. #}
{% macro pendo_user(id) %}
    {%- do return(
        'case when substr(' ~ id ~ ", 1, 9) <> '_PENDO_T_' then " ~ id ~ ' end'
    ) %}
{% endmacro %}

{# The latest row of each id in a history. #}
{% macro pendo_latest(history, key, traits) %}
{%- set mapped = product_signals.mapped %}
{%- set columns = product_signals.input_columns(history) -%}
with history as (

    select
        {{ mapped(columns, ['id']) }} as {{ key }},
        {{ mapped(
            columns, [traits.get('created_at', 'first_visit')], 'timestamp'
        ) }} as created_at,
        {%- for column, trait in traits.items() if column != 'created_at' %}
        {{ mapped(columns, [trait]) }} as {{ column }},
        {%- endfor %}
        {{ mapped(columns, ['last_updated_at'], 'timestamp') }} as updated_at
    from {{ history }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ key }}
            order by
                updated_at desc,
                created_at
                {%- for column in traits if column != 'created_at' %},
                {{ column }}
                {%- endfor %}
        ) as place
    from history

)

select
    {{ key }},
    created_at
    {%- for column in traits if column != 'created_at' %},
    {{ column }}
    {%- endfor %}
from ranked
where
    place = 1
    {%- if key == 'user_id' %}
    and {{ product_signals.pendo_user('user_id') }} is not null
    {%- endif %}
{%- endmacro %}
