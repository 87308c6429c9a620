{#
    When each signal of an entity starts to hold, holds by its clear values
    only, or stops holding: one row per change.

    entity   account, user or product

    state   2 the conditions hold, 1 only by their clear values, 0 neither

    Reads the relation <entity>_metrics, in which each row stands until the next
    of the same id, with can_hold (for states) and can_happen (for events). All
    signals of a row make one text, so that the previous row is looked up once.
#}
{% macro signal_changes(entity) %}
    {%- set id = entity ~ '_id' %}
    {%- set since = product_signals.rebuild_from() %}
    {%- set signals = product_signals.signal_rules()
        | selectattr('entity', 'equalto', entity)
        | groupby('signal', case_sensitive=true) | list %}
    {%- if not signals %}
    {#- Keeps the query valid with no rule switched on. #}
    select
        cast(null as text) as signal,
        '{{ entity }}' as entity,
        {{ id }} as entity_id,
        as_of_date as changed_on,
        cast(null as integer) as state
    from {{ entity }}_metrics
    where 1 = 0
    {%- else %}
    with states as (

        select
            {{ id }},
            as_of_date,
            {%- for signal in signals %}
            case
                when not {{ 'can_happen' if signal.list[0]['kind'] == 'event'
                    else 'can_hold' }} then '0'
                when {{ product_signals.groups_hold(signal.list, 'value') }}
                    then '2'
                {%- if signal.list[0]['kind'] == 'state' %}
                when {{ product_signals.groups_hold(
                    signal.list, 'clear_value'
                ) }}
                    then '1'
                {%- endif %}
                else '0'
            end{{ ' ||' if not loop.last }}
            {%- endfor %} as states
        from {{ entity }}_metrics

    ),

    compared as (

        select
            *,
            lag(states) over (
                partition by {{ id }} order by as_of_date
            ) as states_before
        from states

    ),

    changed as (

        select
            {{ id }},
            as_of_date as changed_on,
            states,
            states_before
        from compared
        where states_before is null or states <> states_before

    ),

    changed_signals as (

        {% for signal in signals %}
        select
            {{ product_signals.text_literal(signal.grouper) }}
                as signal,
            {{ id }},
            changed_on,
            cast(substr(states, {{ loop.index }}, 1) as integer) as state,
            cast(substr(states_before, {{ loop.index }}, 1) as integer)
                as state_before
        from changed
        {{ 'union all' if not loop.last }}
        {% endfor %}

    )

    {%- if since %},

    {# The state before the first day that is rebuilt. #}
    kept_states as (

        select
            kept.signal,
            kept.entity_id,
            kept.state,
            row_number() over (
                partition by kept.signal, kept.entity_id
                order by kept.changed_on desc
            ) as place
        from {{ this }} as kept
        where kept.entity = '{{ entity }}' and kept.changed_on < {{ since }}

    )

    {%- endif %}

    select
        changed_signals.signal,
        '{{ entity }}' as entity,
        changed_signals.{{ id }} as entity_id,
        changed_signals.changed_on,
        changed_signals.state
    from changed_signals
    {%- if since %}
    left join kept_states
        on
            changed_signals.signal = kept_states.signal
            and changed_signals.{{ id }} = kept_states.entity_id
            and kept_states.place = 1
    {%- endif %}
    where
        changed_signals.state <> coalesce(
            changed_signals.state_before,
            {%- if since %}
            kept_states.state,
            {%- endif %}
            0
        )
    {%- endif %}
{%- endmacro %}

{#
    Selects the team's responses to signals up to as_of_date, each with its
    episode and the day on which a snooze ends.

    Whoever responds has seen what was open the day before. If nothing was, it
    is the latest episode up to the day of the response.
#}
{% macro signal_responses() -%}
    {%- set snooze_days = product_signals.band_begins('snooze_days', 'over') %}
    select
        signal_id,
        response,
        responded_at,
        responded_on,
        responded_by,
        case
            when response = 'snoozed'
                then coalesce(until_on, responded_on + {{ snooze_days }})
        end as snoozed_until
    from (
        select
            responses.*,
            episodes.signal_id,
            row_number() over (
                partition by
                    responses.signal_key,
                    responses.responded_at,
                    responses.response,
                    responses.until_on,
                    responses.responded_by
                order by
                    case
                        when
                            episodes.opened_on < responses.responded_on
                            and coalesce(
                                episodes.closed_on >= responses.responded_on,
                                true
                            )
                            then 1
                        else 2
                    end,
                    episodes.opened_on desc
            ) as place
        from (
            {{- product_signals.input_rows('signal_responses') -}}
        ) as responses
        inner join {{ ref('int_product_signals__scope') }} as scope
            on responses.responded_on <= scope.as_of_date
        inner join {{ ref('int_product_signals__episodes') }} as episodes
            on
                responses.signal_key = episodes.signal_key
                and responses.responded_on >= episodes.opened_on
    ) as answered
    where place = 1
{%- endmacro %}
