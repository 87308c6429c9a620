{#
    Selects how accounts talk, from one day to another: communication, in
    percent, and the sentiment of the last message that has one.

    Of the messages to the account, it answered those that it wrote after
    within days (band answered of reply_days); of its own, those that answer none
    it sent unasked. Communication is what it answered and sent unasked, of all
    messages to it and those it sent unasked. Accounts without a message are
    left out.

    subjects   a relation with account_id, talks_from and as_of_date
    messages   messages()
#}
{% macro communication_of(subjects, messages) %}
    with talk as (

        select
            messages.account_id,
            messages.direction,
            messages.sentiment,
            case
                when messages.replied_on <= subjects.as_of_date
                    then messages.replied_on - messages.occurred_on
            end as days_to_reply,
            case
                when messages.asked_on >= subjects.talks_from
                    then messages.occurred_on - messages.asked_on
            end as days_since_asked,
            row_number() over (
                partition by messages.account_id
                order by
                    case when messages.sentiment is null then 1 else 0 end,
                    messages.occurred_at desc,
                    messages.direction,
                    messages.sentiment
            ) as sentiment_place
        from {{ messages }} as messages
        inner join {{ subjects }} as subjects
            on
                messages.account_id = subjects.account_id
                and messages.occurred_on >= subjects.talks_from
                and messages.occurred_on <= subjects.as_of_date

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
        from talk
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
