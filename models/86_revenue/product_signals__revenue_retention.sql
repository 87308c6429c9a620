{{ product_signals.public() }}
{% set parts = [
    'new', 'reactivation', 'upsell', 'cross_sell', 'downsell', 'cancellation',
    'other', 'due', 'base_renewal', 'renewed', 'unanswered',
] %}
{% set moves = ['cancellation', 'upsell', 'cross_sell', 'downsell'] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

entries as (

    {# An opening before the first month is starting MRR; a later one is a
       new account. #}
    select
        account_id,
        case when part = 'opening' then 'new' else part end as part,
        part <> 'opening' as is_given,
        {{ product_signals.month_start('happened_on') }} as month,
        changes,
        mrr,
        mrr_change
    from {{ ref('int_product_signals__subscription_entries') }}

),

first_months as (

    select
        min(month) as first_month,
        min(case when is_given then month end) as first_given_month
    from entries

),

months as (

    select
        cast({{ dbt.dateadd(
            'month', 'numbers.number', 'first_months.first_month'
        ) }} as date) as month,
        first_months.first_given_month
    from first_months
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= {{ dbt.datediff(
            'first_months.first_month', 'scope.as_of_date', 'month'
        ) }}

),

accounts as (

    select
        entity_id as account_id,
        begins_on
    from {{ ref('int_product_signals__entities') }}
    where
        entity = 'account'
        and is_known
        and entity_id in (select entries.account_id from entries)

),

account_sums as (

    select
        account_id,
        month,
        {%- for part in parts %}
        sum(case when part = '{{ part }}' then changes end)
            as {{ part }}_changes,
        sum(case when part = '{{ part }}' then mrr end) as {{ part }}_mrr,
        {%- endfor %}
        sum(mrr_change) as mrr_change
    from entries
    group by account_id, month

),

running as (

    select
        accounts.account_id,
        accounts.begins_on,
        months.month,
        months.first_given_month,
        {%- for part in parts %}
        coalesce(sums.{{ part }}_changes, 0) as {{ part }}_changes,
        coalesce(sums.{{ part }}_mrr, 0) as {{ part }}_mrr,
        {%- endfor %}
        coalesce(sums.mrr_change, 0) as mrr_change,
        sum(coalesce(sums.mrr_change, 0)) over (
            partition by accounts.account_id order by months.month
        ) as ending_mrr
    from accounts
    cross join months
    left join account_sums as sums
        on
            accounts.account_id = sums.account_id
            and months.month = sums.month

),

account_months as (

    select
        running.*,
        ending_mrr - mrr_change as starting_mrr,
        ending_mrr - mrr_change > 0 as is_customer,
        greatest(month, coalesce(begins_on, month)) as described_on
    from running
    where month >= first_given_month

),

segments as (

    {{ product_signals.segments_of_all_days(
        ref('int_product_signals__segment_periods')
    ) }}

),

summarized as (

    select
        account_months.month,
        segments.attribute,
        segments.value,
        count(case when is_customer then 1 end) as starting_accounts,
        sum(starting_mrr) as starting_mrr,
        count(case when is_customer and ending_mrr <= 0 then 1 end)
            as churned_accounts,
        sum(case when is_customer and ending_mrr <= 0 then starting_mrr else 0
            end) as churned_mrr,
        sum(case when is_customer then ending_mrr else 0 end) as retained_mrr,
        sum(case
            when is_customer and ending_mrr > 0
                then least(starting_mrr, ending_mrr)
            else 0
        end) as kept_mrr,
        sum(case when is_customer then starting_mrr else 0 end)
            as customer_mrr,
        sum(ending_mrr) as ending_mrr,
        {%- for part in moves %}
        count(case when is_customer and {{ part }}_changes > 0 then 1 end)
            as {{ part }}_accounts,
        {%- endfor %}
        {%- for part in parts %}
        sum({{ part }}_changes) as {{ part }}_changes,
        sum({{ part }}_mrr) as {{ part }}_mrr{{ ',' if not loop.last }}
        {%- endfor %}
    from account_months
    inner join segments
        on
            account_months.account_id = segments.account_id
            and account_months.described_on >= segments.valid_from
            and account_months.described_on < segments.valid_to
    group by account_months.month, segments.attribute, segments.value

)

select
    summarized.month,
    summarized.attribute,
    summarized.value,
    cast({{ dbt.dateadd('month', 1, 'summarized.month') }} as date)
    <= scope.as_of_date + 1 as is_complete,
    cast(starting_accounts as integer) as starting_accounts,
    cast(starting_mrr as double precision) as starting_mrr,
    cast(churned_accounts as integer) as churned_accounts,
    {{ product_signals.percent('churned_accounts', 'starting_accounts') }}
        as logo_churn_rate,
    cast(churned_mrr as double precision) as churned_mrr,
    {{ product_signals.percent('churned_mrr', 'customer_mrr') }}
        as revenue_churn_rate,
    cast(due_changes as integer) as renewals_due,
    cast(due_mrr as double precision) as renewals_due_mrr,
    cast(base_renewal_changes as integer) as base_renewals,
    cast(base_renewal_mrr as double precision) as base_renewal_mrr,
    {{ product_signals.percent('base_renewal_changes', 'due_changes') }}
        as base_renewal_rate,
    cast(unanswered_changes as integer) as unanswered_renewals,
    cast(unanswered_mrr as double precision) as unanswered_renewals_mrr,
    cast(renewed_mrr as double precision) as renewed_mrr,
    {{ product_signals.percent('renewed_mrr', 'greatest(due_mrr, 0)') }}
        as net_renewal_rate,
    {%- for part in moves %}
    cast({{ part }}_changes as integer) as {{ part }}s,
    cast({{ part }}_mrr as double precision) as {{ part }}_mrr,
    {{ product_signals.percent(part ~ '_accounts', 'starting_accounts') }}
        as {{ part }}_rate,
    {%- endfor %}
    cast(new_changes as integer) as new_subscriptions,
    cast(new_mrr as double precision) as new_mrr,
    cast(reactivation_changes as integer) as reactivations,
    cast(reactivation_mrr as double precision) as reactivation_mrr,
    cast(other_changes as integer) as other_changes,
    cast(other_mrr as double precision) as other_mrr,
    cast(ending_mrr as double precision) as ending_mrr,
    cast(retained_mrr as double precision) as retained_mrr,
    cast(kept_mrr as double precision) as kept_mrr,
    {{ product_signals.percent('kept_mrr', 'customer_mrr') }}
        as gross_retention_rate,
    {{ product_signals.percent('retained_mrr', 'customer_mrr') }}
        as net_retention_rate
from summarized
cross join scope
