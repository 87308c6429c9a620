{#
    What the mappings of event tools share. Each selects the columns of the
    input contract from the tool's own tables, row by row: what came twice,
    came late or has a wrong clock is dealt with by the package itself.
#}

{# The first of several columns that has a value, cast as input_value() does;
   tools make a column only once they have a value for it. #}
{% macro mapped(columns, names, type='text') %}
    {% set values = [] %}
    {% for name in names if name and (columns is none or name in columns) %}
        {% do values.append(product_signals.input_value(name, type, columns)) %}
    {% endfor %}
    {% if values | length > 1 %}
        {% do return('coalesce(' ~ values | join(', ') ~ ')') %}
    {% endif %}
    {% do return(
        values[0] if values else product_signals.typed_null(type)
    ) %}
{% endmacro %}

{# What is at a path in a column of JSON. #}
{% macro mapped_json(columns, name, path) %}
    {% if columns is not none and name not in columns %}
        {% do return(product_signals.typed_null('text')) %}
    {% endif %}
    {% set column = product_signals.input_column(name, columns) %}
    {% do return(
        product_signals.json_text(column['name'], path, column['kind'])
    ) %}
{% endmacro %}

{# Who sent an event, told by a text: text -> actor_type, as {'srv': 'system'};
   null, which is a human, for all others. #}
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

{# True for the names of a list; one that ends in * stands for all that begin
   like it. #}
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
    Selects the events of a mapping: the last part of each.

    given       a relation with event_id, user_id, anonymous_id, event_name,
                occurred_at and the optional columns
    optional    those of the input contract that it has
    source      the tool
    anonymous   events without a user_id: drop; keep_as_user takes the anonymous
                id for one; resolve looks for the user in known. One that has
                neither id is never left out: the package refuses it, and says
                so.
    known       what resolve needs: a relation with anonymous_id, user_id,
                known_at and loaded_at, a row for each time that somebody was
                known on a device
    exclude     names of events to leave out, as in is_named()
    but         names that stay nevertheless
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
    {#- An event of a user who is known since then is as good as new. #}
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
    Whose a device was, and from when to when: of who last made themselves known
    on it and, before anybody did, of the first. So what arrives later takes an
    event from somebody only if it is about a time in between, and the event's
    loaded_at says so.
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
    Selects the accounts that users belonged to: from each time that another one
    was named to the next.

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
    where user_id is not null and account_id is not null
) as named
where before is null or before <> account_id
{%- endmacro %}

{# The columns of an account that a mapping looks for: column -> the tool's name
   for it. traits adds to them, or says how they are called. #}
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
    Selects what was last said of each account or user: what says nothing of a
    trait leaves it as it was. Without created_at, it began when it was first
    spoken of.

    said      a relation with the key, said_at and the columns
    key       account_id or user_id
    columns   names of columns, created_at among them
#}
{% macro last_said(said, key, columns) %}
select
    {{ key }},
    coalesce(
        max(case when created_at_place = 1 then created_at end), min(said_at)
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
                said_at desc,
                {{ column }}
        ) as {{ column }}_place
        {%- endfor %}
    from {{ said }}
    where {{ key }} is not null
) as ranked
group by {{ key }}
{%- endmacro %}

{# Which of several columns a relation has; all of them where that can't be
   known. #}
{% macro mapped_columns(columns, names) %}
    {% set found = [] %}
    {% for name in names if columns is none or name in columns %}
        {% do found.append(name) %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}

{# The optional columns of the input that a mapping has: those for which
   something is given. #}
{% macro mapped_optional(given) %}
    {% set names = [] %}
    {% for name, value in given.items() if value %}
        {% do names.append(name) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}
