{#
    What became of subscriptions: a row for each part of
    product_signals__revenue_retention that a change or a renewal belongs to.
    An account's revenue is the sum of mrr_change. mrr is the amount of the
    part. changes is 0 if an entry is only an amount.

    A renewal_due_on holds until a later row of the same account and product
    names another; a renewal or a cancellation answers it. On a renewal, a day
    that is not after its own is the one that it answers.
#}

{% set of_product = 'partition by account_id, product' %}
{% set so_far = 'over (' ~ of_product ~ ' order by place)' %}
{% set of_day = of_product ~ ', changed_on' %}

with given as (

    {{ product_signals.subscription_rows() }}

),

months as (

    select
        given.*,
        {{ product_signals.month_start(
            'min(least(changed_on, coalesce(renewal_due_on, changed_on)))'
            ~ ' over ()'
        ) }} as first_month
    from given

),

{# MRR from before the first row is an opening: on the account's first day, or
   just before the first month. #}
all_changes as (

    select
        account_id,
        product,
        place,
        changed_on,
        renewal_due_on,
        kind,
        mrr_from,
        mrr_to
    from given

    union all

    select
        months.account_id,
        months.product,
        0 as place,
        greatest(
            least(
                coalesce(entities.begins_on, months.changed_on - 1),
                months.changed_on - 1
            ),
            months.first_month - 1
        ) as changed_on,
        null as renewal_due_on,
        'opening' as kind,
        0 as mrr_from,
        months.mrr_from as mrr_to
    from months
    left join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and months.account_id = entities.entity_id
    where months.place = 1 and months.mrr_from > 0

),

named as (

    select
        all_changes.*,
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
    from all_changes

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
        ) as due_after_renewal
    from named

),

{# Changes of one day come by their amounts, so that others may come before a
   renewal. The day that they name is the next one, not what it answers: it
   begins with the last renewal of the day. #}
started as (

    select
        carried.*,
        case
            when renewal_place is null then named_due_on
            when place = renewal_place then due_after_renewal
            when place > renewal_place and named_due_on <> due_after_renewal
                then named_due_on
        end as next_due_on
    from carried

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
        mrr_to - mrr_from as mrr_change,
        mrr_from - coalesce(lag(mrr_to) {{ so_far }}, 0) as unexplained_mrr,
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

paid as (

    select
        *,
        sum(mrr_change + unexplained_mrr) over (
            partition by account_id order by changed_on
        ) - sum(mrr_change + unexplained_mrr) over (
            partition by account_id, changed_on
        ) as account_mrr_day_before
    from followed

),

moved as (

    select
        *,
        case
            when kind in ('opening', 'other') then kind
            when mrr_change = 0 and kind = 'renewal' then null
            when mrr_change <= 0 and kind = 'cancellation' then kind
            when mrr_change < 0 then 'downsell'
            when kind = 'new' and account_mrr_day_before > 0 then 'cross_sell'
            when kind in ('new', 'reactivation', 'cross_sell') then kind
            when mrr_change > 0 then 'upsell'
            else kind
        end as part
    from paid

),

{# A renewal in several rows of a day is one. #}
answers as (

    select
        *,
        row_number() over ({{ of_product }}, answered_number order by place)
            as answer_place
    from followed
    where
        kind = 'cancellation'
        or place = renewal_place
        or own_due_on is not null

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

{% for relation, day, part, changes, mrr, mrr_change, condition in [
    ('moved', 'changed_on', 'part', 1,
        "case when part = 'other' then mrr_change else abs(mrr_change) end",
        'mrr_change', 'part is not null'),
    ('moved', 'changed_on', "'other'", 0, 'unexplained_mrr', 'unexplained_mrr',
        'unexplained_mrr <> 0'),
    ('renewals', 'due_on', "'due'", 1, 'mrr_due', 0, 'due_place = 1'),
    ('renewals', 'due_on', "'base_renewal'", 1,
        'least(mrr_due, mrr_after_day)', 0,
        "due_place = 1 and kind = 'renewal'"),
    ('renewals', 'due_on', "'renewed'", 1, 'mrr_after_day', 0,
        "due_place = 1 and kind = 'renewal'"),
    ('renewals', 'due_on', "'unanswered'", 1, 'mrr_due', 0,
        'due_place = 1 and kind is null'),
] %}
select
    account_id,
    {{ day }} as happened_on,
    {{ part }} as part,
    {{ changes }} as changes,
    {{ mrr }} as mrr,
    {{ mrr_change }} as mrr_change
from {{ relation }}
where {{ condition }}
{{- '\n\nunion all\n' if not loop.last }}
{%- endfor %}
