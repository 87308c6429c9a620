-- What became of each account's subscription: begun, renewed for another term
-- (at the old price or a new one), cancelled. Add-ons are left out.
with terms as (

    select
        account_id,
        start_date,
        end_date,
        mrr,
        lag(mrr) over (
            partition by account_id order by start_date
        ) as mrr_before,
        row_number() over (
            partition by account_id order by start_date desc
        ) as place_from_last
    from {{ source('crm', 'subscriptions') }}
    where not is_addon

)

select
    account_id,
    start_date as changed_at,
    case when mrr_before is null then 'new' else 'renewal' end as change_type,
    coalesce(mrr_before, 0) as mrr_before,
    mrr as mrr_after,
    end_date as renewal_due_at
from terms

union all

select
    terms.account_id,
    accounts.churned_at as changed_at,
    'cancellation' as change_type,
    terms.mrr as mrr_before,
    0 as mrr_after,
    null as renewal_due_at
from terms
inner join {{ source('crm', 'accounts') }} as accounts
    on terms.account_id = accounts.account_id
where terms.place_from_last = 1 and accounts.churned_at is not null
