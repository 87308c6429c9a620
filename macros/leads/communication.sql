{#
    Selects how accounts talk, from one day to another: communication, in
    percent, and the sentiment of the last message that has one.

    Of the messages to the account, it answered those that it wrote after
    within days (band answered of reply_days); of its own, those that answer none
    it sent unasked. Communication is what it answered and sent unasked, of all
    messages to it and those it sent unasked. Accounts without a message are
    left out.

    subjects         a relation with account_id, talks_from and as_of_date
    communications   the rows of the input
#}
{% macro communication_of(subjects, communications) %}
    with messages as (

        select
            given.account_id,
            given.occurred_at,
            given.occurred_on,
            lower(trim(given.direction)) as direction,
            nullif(lower(trim(given.sentiment)), '') as sentiment,
            {# Of the same time: theirs last, as an answer. #}
            case lower(trim(given.direction)) when 'inbound' then 1 else 0 end
                as turn
        from {{ communications }} as given
        inner join {{ subjects }} as subjects
            on
                given.account_id = subjects.account_id
                and given.occurred_on >= subjects.talks_from
                and given.occurred_on <= subjects.as_of_date

    ),

    beside as (

        select
            *,
            min(
                case when direction = 'inbound' then occurred_on end
            ) over (
                partition by account_id order by occurred_at, turn
                rows between 1 following and unbounded following
            ) - occurred_on as days_to_reply,
            occurred_on - max(
                case when direction = 'outbound' then occurred_on end
            ) over (
                partition by account_id order by occurred_at, turn
                rows between unbounded preceding and 1 preceding
            ) as days_since_asked,
            row_number() over (
                partition by account_id
                order by
                    case when sentiment is null then 1 else 0 end,
                    occurred_at desc,
                    turn desc,
                    sentiment
            ) as sentiment_place
        from messages

    ),

    counted as (

        select
            account_id,
            count(case when direction = 'outbound' then 1 end) as outreach,
            count(
                case
                    when direction = 'outbound' and {{ product_signals.band(
                        'reply_days', 'days_to_reply'
                    ) }} = 'answered' then 1
                end
            ) as answered,
            count(
                case
                    when direction = 'inbound' and coalesce({{
                        product_signals.band('reply_days', 'days_since_asked')
                    }}, '') <> 'answered' then 1
                end
            ) as unasked,
            max(case when sentiment_place = 1 then sentiment end) as sentiment
        from beside
        group by account_id

    )

    select
        account_id,
        {{ product_signals.percent(
            '(answered + unasked)', '(outreach + unasked)'
        ) }} as communication,
        sentiment
    from counted
{%- endmacro %}
