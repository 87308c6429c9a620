{#
    Joins to events who their user was on that day, and leaves those that
    count: no internal users, no excluded actors, nothing after as_of_date.
    The account of each is event_account() of the same relation.

    events   a relation with event_date, user_id, actor_type and event_count
#}
{% macro only_counted(events) -%}
    cross join {{ ref('int_product_signals__scope') }} as scope
    left join {{ ref('int_product_signals__user_attributes') }} as users
        on
            {{ events }}.user_id = users.user_id
            and {{ events }}.event_date >= users.valid_from
            and {{ events }}.event_date < users.valid_to
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            {{ events }}.user_id = memberships.user_id
            and {{ events }}.event_date >= memberships.valid_from
            and {{ events }}.event_date < memberships.valid_to
    where
        {{ product_signals.actor_counts(events ~ '.actor_type') }}
        and not coalesce(users.is_internal, false)
        and {{ events }}.event_count > 0
        and {{ events }}.event_date <= scope.as_of_date
{%- endmacro %}

{# The account an event counts for: its own, else the one of the membership of
   that day, else the one that the users input had for the user then. #}
{% macro event_account(events) -%}
    coalesce(
            {{ events }}.account_id,
            memberships.account_id,
            users.account_id
        )
{%- endmacro %}
