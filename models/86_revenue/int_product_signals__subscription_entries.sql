{#
    What became of subscriptions: a row for each part of
    product_signals__revenue_retention that a change or a renewal belongs to.
    An account's revenue is the sum of mrr_change. mrr is the amount of the
    part. changes is 0 if an entry is only an amount.

    A renewal_due_on holds until a later row of the same account and product
    names another; a renewal or a cancellation answers it. On a renewal, a day
    that is not after its own is the one that it answers.
#}
{% set so_far = 'over (partition by account_id, product order by place)' %}
{% set of_renewal = 'over (partition by account_id, product, renewals_left)' %}

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

    select * from given

    union all

    select
        months.account_id,
        months.product,
        greatest(
            least(
                coalesce(entities.begins_on, months.changed_on - 1),
                months.changed_on - 1
            ),
            months.first_month - 1
        ) as changed_on,
        null as renewal_due_on,
        'opening' as kind,
        0 as place,
        0 as mrr_from,
        months.mrr_from as mrr_to
    from months
    left join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and months.account_id = entities.entity_id
    where months.place = 1 and months.mrr_from > 0

),

{# Each renewal, with what changes before it since the last one. #}
grouped as (

    select
        all_changes.*,
        count(case when kind = 'renewal' then 1 end) over (
            partition by account_id, product order by place desc
        ) as renewals_left,
        max(renewal_due_on) over (
            partition by account_id, product order by place
            rows between unbounded preceding and 1 preceding
        ) as due_before
    from all_changes

),

answered as (

    select
        grouped.*,
        max(case when kind = 'renewal' then changed_on end) {{ of_renewal }}
            as answered_on,
        max(case when kind = 'renewal' then renewal_due_on end)
            {{ of_renewal }} as answer_due_on,
        min(due_before) {{ of_renewal }} as first_due_on
    from grouped

),

{# A change to the next day that the renewal after it names, too, is a part of
   that renewal, if on its day, or if the day due before is nearer to it. It
   does not replace the day that is answered. #}
started as (

    select
        answered.*,
        case
            when kind = 'cancellation' then null
            when kind = 'renewal' and renewal_due_on <= changed_on then null
            when
                kind <> 'renewal'
                and renewal_due_on = answer_due_on
                and (
                    changed_on = answered_on
                    or abs(answered_on - first_due_on)
                    < answer_due_on - answered_on
                )
                then null
            else renewal_due_on
        end as next_due_on
    from answered

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
        first_value(mrr_from) over (
            partition by account_id, product, changed_on order by place
        ) as mrr_before_day,
        first_value(mrr_to) over (
            partition by account_id, product, changed_on order by place desc
        ) as mrr_after_day,
        due_number - case when next_due_on is null then 0 else 1 end
            as answered_number,
        max(next_due_on) over (
            partition by account_id, product, due_number
        ) as due_on,
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

answers as (

    select
        *,
        row_number() over (
            partition by account_id, product, answered_number order by place
        ) as answer_place
    from followed
    where kind in ('renewal', 'cancellation')

),

{# Dues replaced before their day don't count. #}
answered_dues as (

    select
        dues.account_id,
        dues.product,
        coalesce(answers.place, dues.place) as place,
        case
            when answers.kind = 'renewal'
                and answers.renewal_due_on <= answers.changed_on
                then answers.renewal_due_on
            else dues.due_on
        end as due_on,
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
        case
            when kind = 'cancellation' then renewal_due_on
            else least(coalesce(renewal_due_on, changed_on), changed_on)
        end as due_on,
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
        row_number() over (
            partition by account_id, product, due_on
            order by place desc, case when kind is null then 2 else 1 end
        ) as due_place
    from answered_dues

)

select
    account_id,
    changed_on as happened_on,
    part,
    1 as changes,
    case when part = 'other' then mrr_change else abs(mrr_change) end as mrr,
    mrr_change
from moved
where part is not null

union all

select
    account_id,
    changed_on as happened_on,
    'other' as part,
    0 as changes,
    unexplained_mrr as mrr,
    unexplained_mrr as mrr_change
from moved
where unexplained_mrr <> 0
{% for part, amount, condition in [
    ('due', 'mrr_due', '1 = 1'),
    ('base_renewal', 'least(mrr_due, mrr_after_day)', "kind = 'renewal'"),
    ('renewed', 'mrr_after_day', "kind = 'renewal'"),
    ('unanswered', 'mrr_due', 'kind is null'),
] %}
union all

select
    account_id,
    due_on as happened_on,
    '{{ part }}' as part,
    1 as changes,
    {{ amount }} as mrr,
    0 as mrr_change
from renewals
where due_place = 1 and {{ condition }}
{% endfor %}
