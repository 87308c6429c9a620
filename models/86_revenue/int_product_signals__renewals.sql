{#
    Renewals of subscriptions: a row for each account, product and day on which
    one was due, with how it was answered: kind is renewal, cancellation, or
    null if nothing happened.

    A renewal_due_on holds until a later row of the same account and product
    names another; a renewal or a cancellation answers it. On a renewal, a day
    that is not after its own is the one that it answers.
#}
{% set of_product = 'partition by account_id, product' %}
{% set of_day = of_product ~ ', changed_on' %}
{% set of_renewal = of_product ~ ', renewals_left' %}
{% set so_far = 'over (' ~ of_product ~ ' order by place)' %}

with changes as (

    {{ product_signals.subscription_rows() }}

),

named as (

    select
        changes.*,
        max(case when kind = 'renewal' then place end) over ({{ of_day }})
            as renewal_place,
        case
            when kind = 'renewal' and renewal_due_on <= changed_on
                then renewal_due_on
        end as own_due_on,
        case
            when kind = 'cancellation' then null
            when
                renewal_due_on > changed_on
                or count(case when kind = 'renewal' then 1 end)
                    over ({{ of_day }}) = 0
                then renewal_due_on
        end as named_due_on
    from changes

),

carried as (

    select
        named.*,
        first_value(named_due_on) over ({{ of_day }} order by
            case
                when named_due_on is null then 3
                when place > renewal_place then 2
                else 1
            end,
            place desc
        ) as due_after_renewal,
        count(named_due_on) {{ so_far }} as named_number
    from named

),

{# Each renewal, with what changes before it since the last one. #}
grouped as (

    select
        carried.*,
        count(case when place = renewal_place then 1 end)
            over ({{ of_product }} order by place desc) as renewals_left,
        max(named_due_on) over ({{ of_product }}, named_number) as due_then,
        max(case when mrr_from <> mrr_to then named_due_on end)
            over ({{ of_product }}, named_number) as sold_to
    from carried

),

prepared as (

    select
        grouped.*,
        max(case when place = renewal_place then changed_on end)
            over ({{ of_renewal }}) as renewed_on,
        max(
            case when place = renewal_place
                then coalesce(due_after_renewal, sold_to) end
        ) over ({{ of_renewal }}) as renewed_to,
        lag(due_then) {{ so_far }} as due_before
    from grouped

),

{# A change days before a renewal, to the same next day, belongs to it if the
   day due before is nearer to it. A renewal without a day has that of a change
   in MRR: one that is only of the day puts it off. #}
matched as (

    select
        prepared.*,
        abs(
            renewed_on - min(
                case when named_due_on = renewed_to then due_before end
            ) over ({{ of_renewal }})
        ) < renewed_to - renewed_on as is_prepared
    from prepared

),

{# Changes of one day come by their amounts, so that others may come before a
   renewal. The day that they name is the next one, not what it answers: it
   begins with the last renewal of the day. #}
started as (

    select
        matched.*,
        case
            when place = renewal_place then coalesce(
                due_after_renewal, case when is_prepared then renewed_to end
            )
            when place > renewal_place and named_due_on <> due_after_renewal
                then named_due_on
            when
                renewal_place is null
                and named_due_on = renewed_to
                and is_prepared
                then null
            when renewal_place is null then named_due_on
        end as next_due_on
    from matched

),

ended as (

    select
        started.*,
        count(next_due_on) {{ so_far }} as due_number
    from started

),

followed as (

    select
        ended.*,
        first_value(mrr_from) over ({{ of_day }} order by place)
            as mrr_before_day,
        first_value(mrr_to) over ({{ of_day }} order by place desc)
            as mrr_after_day,
        {# Of the day that it names as its own, if a row before named it. #}
        coalesce(
            case when own_due_on is not null then max(
                case when next_due_on = renewal_due_on then due_number end
            ) over ({{ of_product }}, renewal_due_on order by place) end,
            due_number - case when next_due_on is null then 0 else 1 end
        ) as answered_number,
        max(next_due_on) over ({{ of_product }}, due_number) as due_on,
        min(place) over ({{ of_product }}, due_number) as named_place,
        lead(due_number) {{ so_far }} as next_due_number,
        lead(changed_on) {{ so_far }} as next_changed_on
    from ended

),

{# A renewal in several rows of a day is one. So it is in rows of several days,
   to the same next day, that are nearer to each other than to that day. #}
answers as (

    select
        *,
        row_number() over ({{ of_product }}, answered_number order by place)
            as answer_place
    from (
        select
            *,
            lag(changed_on) {{ so_far }} as answered_before,
            lag(due_after_renewal) {{ so_far }} as renewed_before_to
        from followed
        where
            kind = 'cancellation'
            or place = renewal_place
            or own_due_on is not null
    ) as given_answers
    where
        own_due_on is not null
        or kind = 'cancellation'
        or renewed_before_to is distinct from due_after_renewal
        or coalesce(
            changed_on - answered_before >= due_after_renewal - changed_on, true
        )

),

{# Dues replaced before their day don't count. #}
answered_dues as (

    select
        dues.account_id,
        dues.product,
        {# Who leaves after a day that was renewed leaves it renewed. #}
        coalesce(
            case when answers.kind = 'renewal'
                or answers.changed_on <= dues.due_on then answers.place end,
            dues.named_place
        ) as place,
        coalesce(answers.own_due_on, dues.due_on) as due_on,
        coalesce(answers.mrr_before_day, dues.mrr_to) as mrr_due,
        answers.mrr_after_day,
        answers.kind
    from followed as dues
    left join answers
        on
            dues.account_id = answers.account_id
            and dues.product = answers.product
            and dues.due_number = answers.answered_number
            and answers.answer_place = 1
    where
        dues.due_number > 0
        and coalesce(dues.next_due_number, 0) <> dues.due_number
        and (
            answers.account_id is not null
            or dues.next_due_number is null
            or dues.next_changed_on > dues.due_on
        )

    union all

    select
        account_id,
        product,
        place,
        case when kind = 'cancellation' then renewal_due_on
            else coalesce(own_due_on, changed_on) end as due_on,
        mrr_before_day as mrr_due,
        mrr_after_day,
        kind
    from answers
    where
        (answered_number = 0 or answer_place > 1)
        and (kind = 'renewal' or renewal_due_on is not null)

),

{# A subscription cancelled and resumed before its day is due once, and one
   renewed early to the same day is renewed. #}
renewals as (

    select
        *,
        row_number() over ({{ of_product }}, due_on
            order by place desc, case kind
                when 'renewal' then 1 when 'cancellation' then 2 else 3 end
        ) as due_place
    from answered_dues

)

select
    account_id,
    product,
    due_on,
    mrr_due,
    mrr_after_day,
    kind
from renewals
where due_place = 1
