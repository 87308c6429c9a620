{{ product_signals.public() }}

with accounts as (

    select
        metrics.account_id,
        metrics.as_of_date,
        coalesce(metrics.size_band, 'unknown') as size_band,
        coalesce({{ product_signals.band(
            'top_percentile', 'scores.score_percentile'
        ) }} = 'top', false) as is_top
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join {{ ref('int_product_signals__scope') }} as scope
        on metrics.as_of_date = scope.as_of_date
    left join {{ ref('product_signals__account_scores') }} as scores
        on
            scores.is_main_profile
            and metrics.account_id = scores.account_id
            and metrics.as_of_date = scores.as_of_date
    where metrics.lifecycle_stage <> 'churned'

),

described as (

    select
        segments.attribute,
        segments.value,
        accounts.is_top
    from accounts
    inner join {{ ref('int_product_signals__segment_periods') }} as segments
        on
            accounts.account_id = segments.account_id
            and accounts.as_of_date >= segments.valid_from
            and accounts.as_of_date < segments.valid_to
    where segments.attribute <> 'all'

    union all

    select
        'size_band' as attribute,
        size_band as value,
        is_top
    from accounts

),

counted as (

    select
        attribute,
        value,
        count(*) as accounts,
        count(case when is_top then 1 end) as top_accounts
    from described
    group by attribute, value

),

totals as (

    select
        count(*) as accounts,
        count(case when is_top then 1 end) as top_accounts
    from accounts

),

{# Shares from 0 to 1. Only the top's has an interval, because all accounts are
   known. #}
compared as (

    select
        counted.attribute,
        counted.value,
        counted.accounts,
        counted.top_accounts,
        cast(counted.accounts as double precision) / totals.accounts as share,
        cast(counted.top_accounts as double precision)
        / nullif(totals.top_accounts, 0) as top_share,
        {{ product_signals.wilson(
            'low', 'counted.top_accounts', 'totals.top_accounts'
        ) }} as top_share_low,
        {{ product_signals.wilson(
            'high', 'counted.top_accounts', 'totals.top_accounts'
        ) }} as top_share_high
    from counted
    cross join totals

),

published as (

    select
        attribute,
        value,
        cast(accounts as integer) as accounts,
        cast(top_accounts as integer) as top_accounts,
        {%- for share in [
            'share', 'top_share', 'top_share_low', 'top_share_high'
        ] %}
        {{ product_signals.rounded('100 * compared.' ~ share) }} as {{ share }},
        {%- endfor %}
        {%- for lift, part in {
            'lift': 'top_share',
            'lift_low': 'top_share_low',
            'lift_high': 'top_share_high',
        }.items() %}
        {{ product_signals.rounded(
            'compared.' ~ part ~ ' / compared.share'
        ) }} as {{ lift }},
        {%- endfor %}
        case
            when {{ product_signals.band('telling_accounts', 'accounts') }}
                = 'enough'
                then
                    compared.top_share_low > compared.share
                    or compared.top_share_high < compared.share
        end as is_telling
    from compared

)

select * from published
