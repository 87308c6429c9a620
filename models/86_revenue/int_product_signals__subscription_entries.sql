{#
    What became of subscriptions: a row for each part of
    product_signals__revenue_retention that a change or a renewal belongs to.
    An account's revenue is the sum of mrr_change. mrr is the amount of the
    part. changes is 0 if an entry is only an amount.
#}

with given as (

    {{ product_signals.subscription_rows() }}

),

renewals as (

    select * from {{ ref('int_product_signals__renewals') }}

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

followed as (

    select
        *,
        mrr_to - mrr_from as mrr_change,
        mrr_from - coalesce(
            lag(mrr_to) over (
                partition by account_id, product order by place
            ),
            0
        ) as unexplained_mrr
    from all_changes

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
where {{ condition }}
{% endfor %}
