{#
    RudderStack's warehouse tables: the same as Segment's in all that is read
    here. See segment.sql for the arguments. Values that don't fit a table's
    types are null in it and kept in rudder_discards, which isn't read.
#}
{% macro rudderstack_events(
    tracks,
    pages=none,
    screens=none,
    identifies=none,
    account_key='context_group_id',
    anonymous='drop',
    event_name='event',
    exclude_events=[],
    loaded_at=none,
    actor_types={}
) %}
{{ product_signals.segment_events(
    tracks,
    pages=pages,
    screens=screens,
    identifies=identifies,
    account_key=account_key,
    anonymous=anonymous,
    event_name=event_name,
    exclude_events=exclude_events,
    loaded_at=loaded_at,
    actor_types=actor_types,
    source='rudderstack'
) }}
{%- endmacro %}

{% macro rudderstack_users(
    users, identifies=none, groups=none, account_key=none, traits={}
) %}
{{ product_signals.segment_users(
    users, identifies, groups, account_key, traits
) }}
{%- endmacro %}

{% macro rudderstack_accounts(groups, traits={}) %}
{{ product_signals.segment_accounts(groups, traits) }}
{%- endmacro %}

{% macro rudderstack_memberships(groups) %}
{{ product_signals.segment_memberships(groups) }}
{%- endmacro %}
