{#
    What the event tools' mappings share. Each selects the columns of the input
    contract from the tool's own tables, row by row; the package itself handles
    duplicates, late events and wrong clocks.
#}

{# The first of several columns that has a value, cast as in input_value();
   tools only create a column once they have a value for it. #}
{% macro mapped(columns, names, type='id') %}
    {% set values = [] %}
    {% for name in product_signals.mapped_columns(columns, names) %}
        {% if type == 'timestamp' and product_signals.input_column(
            name, columns
        )['kind'] == 'number' %}
            {{ exceptions.raise_compiler_error(
                'column ' ~ name ~ ' is a number; cast it to a timestamp in a'
                ~ ' model, and map that instead of the source'
            ) }}
        {% endif %}
        {% do values.append(product_signals.input_value(name, type, columns)) %}
    {% endfor %}
    {% if values | length > 1 %}
        {% do return('coalesce(' ~ values | join(', ') ~ ')') %}
    {% endif %}
    {% do return(
        values[0] if values else product_signals.typed_null(type)
    ) %}
{% endmacro %}

{# The value at a path in a JSON column. #}
{% macro mapped_json(columns, name, path) %}
    {% set found = product_signals.mapped_columns(columns, [name]) %}
    {% if not found %}
        {% do return(product_signals.typed_null('text')) %}
    {% endif %}
    {% set column = product_signals.input_column(found[0], columns) %}
    {% do return(
        product_signals.json_text(column['name'], path, column['kind'])
    ) %}
{% endmacro %}

{# An event's actor, by a text: text -> actor_type, as {'srv': 'system'}; null,
   which is a human, for all others. #}
{% macro mapped_actor(text, actor_types) %}
    {% set cases = [] %}
    {% for value, actor_type in actor_types.items() %}
        {% do cases.append(
            'when ' ~ text ~ ' = ' ~ product_signals.text_literal(value)
            ~ ' then ' ~ product_signals.text_literal(actor_type)
        ) %}
    {% endfor %}
    {% do return(
        'case ' ~ cases | join(' ') ~ ' end' if cases
        else product_signals.typed_null('text')
    ) %}
{% endmacro %}

{# True for the names in a list; * at the end of one stands for anything. #}
{% macro is_named(name, list) %}
    {% set parts = [] %}
    {% for item in list %}
        {% set text = product_signals.text_literal(item.rstrip('*')) %}
        {% if item.endswith('*') %}
            {% do parts.append(
                'substr(' ~ name ~ ', 1, ' ~ (item | length - 1) ~ ') = ' ~ text
            ) %}
        {% else %}
            {% do parts.append(name ~ ' = ' ~ text) %}
        {% endif %}
    {% endfor %}
    {% do return('(' ~ parts | join(' or ') ~ ')') %}
{% endmacro %}

{#
    Selects the events of a mapping, as its last part.

    given       a relation with event_id, user_id, anonymous_id, event_name,
                occurred_at and the optional columns
    optional    the input contract's optional columns that it has
    source      the tool
    anonymous   events without a user_id: drop; keep_as_user uses the anonymous
                id; resolve looks the user up in known. Events with neither id
                are kept: the package rejects and reports them
    known       for resolve: a relation with anonymous_id, user_id, known_at and
                loaded_at, a row for each time a user was known on a device
    exclude     names of events to leave out, as in is_named()
    but         names that stay anyway
#}
{% macro mapped_events(
    given, optional, source, anonymous='drop', known=none, exclude=[], but=[]
) -%}
    {%- if anonymous not in ['drop', 'keep_as_user', 'resolve'] %}
        {{ exceptions.raise_compiler_error(
            "anonymous has to be 'drop', 'keep_as_user' or 'resolve', not '"
            ~ anonymous ~ "'"
        ) }}
    {%- endif %}
    {%- set resolve = anonymous == 'resolve' %}
    {%- if resolve and not known %}
        {{ exceptions.raise_compiler_error(
            "anonymous='resolve': the mapping of " ~ source ~ " can't, or lacks"
            ~ ' a table that says who was known when; see its arguments'
        ) }}
    {%- endif %}
    {%- set user_id = {
        'drop': 'given.user_id',
        'keep_as_user': 'coalesce(given.user_id, given.anonymous_id)',
        'resolve': 'coalesce(given.user_id, people.user_id)',
    }[anonymous] %}
    {%- set name = "coalesce(given.event_name, '')" %}
select
    given.event_id,
    {{ user_id }} as user_id,
    given.event_name,
    given.occurred_at,
    {%- for column in optional %}
    {%- if column == 'loaded_at' and resolve %}
    {#- An event whose user became known later counts as new. #}
    case
        when people.loaded_at > given.loaded_at then people.loaded_at
        else given.loaded_at
    end as loaded_at,
    {%- else %}
    given.{{ column }},
    {%- endif %}
    {%- endfor %}
    '{{ source }}' as source
from {{ given }} as given
{%- if resolve %}
left join ({{ product_signals.known_periods(known) }}) as people
    on
        given.user_id is null
        and given.anonymous_id = people.anonymous_id
        and (given.occurred_at >= people.known_at or people.place = 1)
        and (
            given.occurred_at < people.next_known_at
            or people.next_known_at is null
        )
{%- endif %}
where
    ({{ user_id }} is not null or given.anonymous_id is null)
    {%- if exclude %}
    and (
        not {{ product_signals.is_named(name, exclude) }}
        {%- if but %}
        or {{ product_signals.is_named(name, but) }}
        {%- endif %}
    )
    {%- endif %}
{%- endmacro %}

{#
    Whose a device was, and when: it belongs to the last user known on it or,
    before anybody was, to the first. A late arrival therefore changes an
    event's user only if it falls in between, and the event's loaded_at says so.
#}
{% macro known_periods(known) %}
    select
        *,
        row_number() over (
            partition by anonymous_id order by known_at
        ) as place,
        lead(known_at) over (
            partition by anonymous_id order by known_at
        ) as next_known_at
    from (
        select
            *,
            lag(user_id) over (
                partition by anonymous_id order by known_at
            ) as before
        from (
            select
                anonymous_id,
                user_id,
                known_at,
                loaded_at,
                row_number() over (
                    partition by anonymous_id, known_at
                    order by loaded_at, user_id
                ) as copy
            from {{ known }}
            where
                anonymous_id is not null
                and user_id is not null
                and known_at is not null
        ) as copies
        where copy = 1
    ) as times
    where before is null or before <> user_id
{%- endmacro %}

{#
    Selects the accounts of users: each from when it was named until another one
    was.

    named   a relation with user_id, account_id, valid_from
#}
{% macro mapped_memberships(named) %}
select
    user_id,
    account_id,
    valid_from,
    lead(valid_from) over (
        partition by user_id order by valid_from, account_id
    ) as valid_to
from (
    select
        *,
        lag(account_id) over (
            partition by user_id order by valid_from, account_id
        ) as before
    from {{ named }} as calls
    where
        user_id is not null
        and account_id is not null
        and valid_from is not null
) as named
where before is null or before <> account_id
{%- endmacro %}

{# The account columns that a mapping looks for: column -> the tool's name for
   it. traits adds to them or renames them. #}
{% macro account_traits(traits) %}
    {% set names = {'created_at': 'created_at'} %}
    {% for column in product_signals.account_columns() %}
        {% do names.update({column: column}) %}
    {% endfor %}
    {% do names.update({'account_name': 'name'}) %}
    {% do names.update(traits) %}
    {% do return(names) %}
{% endmacro %}

{#
    Selects the latest values for each account or user; a null leaves a value as
    it was. Without created_at, it began when it was first mentioned, by a clock
    that isn't before 1990.

    said      a relation with the key, occurred_at, loaded_at and the columns
    key       account_id or user_id
    columns   names of columns, including created_at
#}
{% macro last_said(said, key, columns) %}
select
    {{ key }},
    coalesce(
        max(case when created_at_place = 1 then created_at end),
        min(case when said_at >= timestamp '1990-01-01 00:00:00' then said_at end)
    ) as created_at
    {%- for column in columns if column != 'created_at' %},
    max(case when {{ column }}_place = 1 then {{ column }} end)
        as {{ column }}
    {%- endfor %}
from (
    select
        *
        {%- for column in columns %},
        row_number() over (
            partition by {{ key }}
            order by
                case when {{ column }} is null then 1 else 0 end,
                said_at desc nulls last,
                {{ column }}
        ) as {{ column }}_place
        {%- endfor %}
    from (
        select
            *,
            {{ product_signals.said_at() }} as said_at
        from {{ said }}
        where {{ key }} is not null
    ) as calls
) as ranked
group by {{ key }}
{%- endmacro %}

{# When a call was made, by occurred_at; a clock that is ahead is not believed
   beyond loaded_at. #}
{% macro said_at() %}
    {% do return(
        'case when loaded_at < occurred_at then loaded_at else occurred_at end'
    ) %}
{% endmacro %}

{#
    Users and accounts of a tool, or of an application, that has no table of
    them: those that the input model of events names, for people or agents. They
    begin with their first event, and a user's account is that of their last
    event with one.

    events    ref('product_signals_events')
#}
{% macro users_of_events(events) -%}
{{ product_signals.named_by_events(events, 'user_id', ['account_id']) }}
{%- endmacro %}

{% macro accounts_of_events(events) -%}
{{ product_signals.named_by_events(events, 'account_id') }}
{%- endmacro %}

{# What the two above share: key and further are columns of the events. #}
{% macro named_by_events(events, key, further=[]) %}
{%- set columns = product_signals.input_columns(events) %}
{%- set mapped = product_signals.mapped -%}
with named as (

    select
        {%- for column in [key] + further %}
        {{ mapped(columns, [column]) }} as {{ column }},
        {%- endfor %}
        {{ mapped(columns, ['occurred_at'], 'timestamp') }} as occurred_at,
        {{ mapped(columns, ['loaded_at'], 'timestamp') }} as loaded_at,
        {{ mapped(columns, ['actor_type']) }} as actor_type
    from {{ events }}

),

said as (

    select
        {%- for column in [key] + further %}
        {{ column }},
        {%- endfor %}
        occurred_at,
        loaded_at,
        {{ product_signals.typed_null('timestamp') }} as created_at
    from named
    where
        coalesce(lower(trim(actor_type)), 'human')
        not in ('automation', 'system')

)

{{ product_signals.last_said('said', key, ['created_at'] + further) }}
{%- endmacro %}

{# Which of several columns a relation has, in upper or lower case; all of them
   if unknown. #}
{% macro mapped_columns(columns, names) %}
    {% set found = [] %}
    {% for name in names if name %}
        {% if columns is none %}
            {% do found.append(name) %}
        {% elif name | lower in columns %}
            {% do found.append(name | lower) %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}

{# The optional input columns for which a mapping is given something. #}
{% macro mapped_optional(given) %}
    {% set names = [] %}
    {% for name, value in given.items() if value %}
        {% do names.append(name) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}
