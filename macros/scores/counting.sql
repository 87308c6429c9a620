{#
    Keeps the events that count: no internal users, no excluded actors, nothing
    after as_of_date. Joins what event_account() of the same relation reads.

    events   a relation with event_date, user_id, actor_type and event_count
#}
{% macro only_counted(events) -%}
    cross join {{ ref('int_product_signals__scope') }} as scope
    {{ product_signals.join_event_account(events) }}
    where
        {{ product_signals.actor_counts(events ~ '.actor_type') }}
        and not coalesce(users.is_internal, false)
        and {{ events }}.event_count > 0
        and {{ events }}.event_date <= scope.as_of_date
{%- endmacro %}

{#
    Joins what the users input said on the day of a row, as users.

    relation   rows with user_id
    day        their column with the day
#}
{% macro users_on(relation, day) -%}
    left join {{ ref('int_product_signals__user_attributes') }} as users
        on
            {{ relation }}.user_id = users.user_id
            and {{ relation }}.{{ day }} >= users.valid_from
            and {{ relation }}.{{ day }} < users.valid_to
{%- endmacro %}

{#
    Joins what event_account() reads: the user's attributes and membership on
    the day of an event.

    events   a relation with event_date and user_id
#}
{% macro join_event_account(events) -%}
    {{ product_signals.users_on(events, 'event_date') }}
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            {{ events }}.user_id = memberships.user_id
            and {{ events }}.event_date >= memberships.valid_from
            and {{ events }}.event_date < memberships.valid_to
{%- endmacro %}

{# The account an event counts for: its own, else the user's membership on that
   day, else the account that the users input had then. #}
{% macro event_account(events) -%}
    coalesce(
            {{ events }}.account_id,
            memberships.account_id,
            users.account_id
        )
{%- endmacro %}

{# True if an actor's events count, by the variable excluded_actor_types. #}
{% macro actor_counts(actor_type) %}
    {% set excluded = product_signals.listed('excluded_actor_types') %}
    {% if not excluded %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        actor_type ~ " not in ('" ~ excluded | join("', '") ~ "')"
    ) %}
{% endmacro %}

{# True if events say which of them an agent sent, and those count. #}
{% macro knows_agents() %}
    {% do return(
        product_signals.has_column('events', 'actor_type')
        and 'agent' not in product_signals.listed('excluded_actor_types')
    ) %}
{% endmacro %}

{#
    The columns of one part of a union of changes: those given, 0 for the rest.

    columns   all columns, in order
    given     column -> SQL
#}
{% macro amounts(columns, given) %}
    {%- for column in columns %}
        {{ given.get(column, 0) }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    The columns previous_date and next_date for rows with an event_date: the
    nearest ones of the same keys. A day may occur twice.

    keys   columns, separated by commas
#}
{% macro days_beside(keys) %}
    lag(event_date) over (
        partition by {{ keys }} order by event_date
    ) as previous_date,
    lead(event_date) over (
        partition by {{ keys }} order by event_date
    ) as next_date
{%- endmacro %}

{#
    The periods in which something happened within a trailing window.

    A day on which it happens counts for the length of the window, and days
    close enough to each other make one period. This is how distinct things are
    counted over trailing windows: each period adds one at its start and
    subtracts one at its end, so that a running total never counts anything
    twice, unlike sums of distinct counts.

    relation   rows with event_date and the columns of days_beside()
    keys       columns, separated by commas
    days       the window: a number, or a column that is fixed per key

    Returns the keys, valid_from and valid_to (half-open days).
#}
{% macro presence(relation, keys, days) %}
    select
        {{ keys }},
        event_date as valid_from,
        last_date + {{ days }} as valid_to
    from (
        select
            *,
            case
                when is_last then event_date
                else lead(event_date) over (
                    partition by {{ keys }} order by event_date, is_last
                )
            end as last_date
        from (
            select
                *,
                coalesce(event_date - previous_date >= {{ days }}, true)
                    as is_first,
                coalesce(next_date - event_date >= {{ days }}, true)
                    as is_last
            from {{ relation }}
        ) as marked
        where is_first or is_last
    ) as bounds
    where is_first
{%- endmacro %}

{#
    The parts of periods that are also in other periods of the same keys.

    periods   a relation with the keys, valid_from and valid_to
    others    another one
    keys      columns of both
    columns   what else to keep of the first
#}
{% macro periods_within(periods, others, keys, columns=[]) %}
    select
        {%- for column in columns + keys %}
        periods.{{ column }},
        {%- endfor %}
        greatest(periods.valid_from, others.valid_from) as valid_from,
        least(periods.valid_to, others.valid_to) as valid_to
    from {{ periods }} as periods
    inner join {{ others }} as others
        on
            periods.valid_from < others.valid_to
            and periods.valid_to > others.valid_from
            {%- for key in keys %}
            and periods.{{ key }} = others.{{ key }}
            {%- endfor %}
{%- endmacro %}

{#
    The periods in which an account has its users of the users input: from the
    day on which they begin, or another, until they are deactivated.

    since   the column of entities with the first day
#}
{% macro known_users(since='begins_on') %}
    {%- set known_from, known_to = [
        'greatest(user_accounts.valid_from, entities.' ~ since ~ ')',
        'least(user_accounts.valid_to, coalesce(entities.deactivated_on, '
        ~ product_signals.last_day() ~ '))',
    ] %}
    select
        user_accounts.user_id,
        user_accounts.account_id,
        {{ known_from }} as valid_from,
        {{ known_to }} as valid_to
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'user'
            and user_accounts.user_id = entities.entity_id
    where
        user_accounts.account_id is not null
        and user_accounts.is_there
        and entities.is_known
        and entities.{{ since }} is not null
        and {{ known_from }} < {{ known_to }}
{%- endmacro %}

{#
    Changes from periods: one more when a period begins, one less when it ends,
    so that their sum counts the periods that a day is in.

    key       the column of whose periods they are, or several with commas
    columns   all columns, in order
    periods   column -> relation with the key, valid_from and valid_to
#}
{% macro period_changes(key, columns, periods) %}
    {%- for column, relation in periods.items() %}
    {%- set last = loop.last %}
    {%- for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        {{ key }},
        {{ day }} as changed_on,
        {{- product_signals.amounts(columns, {column: sign ~ '1'}) }}
    from {{ relation }}
    {{ 'union all' if not (last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{#
    Running totals of changes for every account and rebuilt day.

    changes   relation with account_id, changed_on, the key and the columns
    columns   amounts that change: the total of a day is the sum of all changes
              up to it
    key       another column to keep totals apart by
    keys      a relation with its values
    reach     earlier days to include
    decimals  columns with decimals; the others are counts, which double
              precision adds up exactly and several times faster
#}
{% macro running_account_days(
    changes, columns, key=none, keys=none, reach=0, decimals=[]
) %}
    {%- set by = ['account_id'] + ([key] if key else []) %}
    select
        {%- for column in by %}
        spine.{{ column }},
        {%- endfor %}
        spine.date_day,
        {%- for column in columns %}
        sum(coalesce(daily_changes.{{ column }}, 0)) over (
            partition by spine.{{ by | join(', spine.') }}
            order by spine.date_day
            rows unbounded preceding
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            account_days.account_id,
            {%- if key %}
            keys.{{ key }},
            {%- endif %}
            account_days.date_day
        from {{ ref('int_product_signals__account_days') }} as account_days
        {%- if key %}
        cross join {{ keys }} as keys
        {%- endif %}
        where {{ product_signals.in_rebuild(
            'account_days.date_day', reach
        ) }}
    ) as spine
    left join (
        {# Changes before an account's first day here count on that day. #}
        select
            {%- for column in by %}
            changes.{{ column }},
            {%- endfor %}
            greatest(changes.changed_on, bounds.first_day) as changed_on,
            {%- for column in columns %}
            {%- if column in decimals %}
            sum(changes.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
            {%- else %}
            cast(sum(changes.{{ column }}) as double precision)
                as {{ column }}{{ ',' if not loop.last }}
            {%- endif %}
            {%- endfor %}
        from {{ changes }} as changes
        inner join (
            select
                account_days.account_id,
                min(account_days.date_day) as first_day,
                max(account_days.date_day) as last_day
            from {{ ref('int_product_signals__account_days') }} as account_days
            where {{ product_signals.in_rebuild(
                'account_days.date_day', reach
            ) }}
            group by account_days.account_id
        ) as bounds
            on
                changes.account_id = bounds.account_id
                and changes.changed_on <= bounds.last_day
        group by
            changes.{{ by | join(', changes.') }},
            greatest(changes.changed_on, bounds.first_day)
    ) as daily_changes
        on
            spine.date_day = daily_changes.changed_on
            {%- for column in by %}
            and spine.{{ column }} = daily_changes.{{ column }}
            {%- endfor %}
{%- endmacro %}
