{#
    Selects what the team answered to signals, up to as_of_date: each response
    with the episode that it is about, and the day on which a snooze ends.

    Who answers has seen what was open on the day before. If nothing was, it is
    the latest episode up to the day of the answer.
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
