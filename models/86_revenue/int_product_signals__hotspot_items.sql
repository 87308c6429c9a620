{#
    A row per account and attribute value: accounts live on the day before the
    outcome window, as they were then, and their outcome. Values that few
    accounts have, or all, form no group.

    item   the number of an attribute's value
#}
{% set usage_bands = [
    'tenure_band', 'size_band', 'activation_band', 'score_band',
    'adoption_band', 'habit_band', 'lifecycle_stage',
] %}

with bands as (

    {{ product_signals.seed('bands') }}

),

settings as (

    select
        scope.as_of_date,
        scope.as_of_date - cast(max(
            case when bands.metric = 'outcome_days' then bands.lower_bound end
        ) as integer) as described_on,
        max(
            case
                when bands.metric = 'comparison_accounts'
                    then bands.lower_bound
            end
        ) as least_accounts
    from {{ ref('int_product_signals__scope') }} as scope
    cross join bands
    group by scope.as_of_date

),

accounts as (

    select
        metrics.account_id,
        cast(metrics.mrr as numeric(28, 6)) as mrr,
        {%- for band in usage_bands %}
        metrics.{{ band }},
        {%- endfor %}
        settings.described_on,
        settings.as_of_date,
        settings.least_accounts,
        coalesce(entities.cancelled_on <= settings.as_of_date, false)
            as has_churned,
        count(*) over () as all_accounts
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join settings
        on metrics.as_of_date = settings.described_on
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and metrics.account_id = entities.entity_id
    where metrics.lifecycle_stage <> 'churned'

),

described as (

    select
        accounts.account_id,
        segments.attribute,
        segments.value
    from accounts
    inner join {{ ref('int_product_signals__segment_periods') }} as segments
        on
            accounts.account_id = segments.account_id
            and accounts.described_on >= segments.valid_from
            and accounts.described_on < segments.valid_to

    {%- for band in usage_bands %}

    union all

    select
        account_id,
        '{{ band }}' as attribute,
        coalesce({{ band }}, 'unknown') as value
    from accounts
    {%- endfor %}

),

numbered as (

    select
        *,
        dense_rank() over (order by attribute) as attribute_number,
        dense_rank() over (order by attribute, value) as item,
        count(*) over (partition by attribute, value) as item_accounts
    from described

)

select
    numbered.account_id,
    numbered.attribute,
    numbered.value,
    numbered.attribute_number,
    numbered.item,
    accounts.mrr,
    accounts.has_churned,
    accounts.described_on,
    accounts.as_of_date,
    accounts.least_accounts
from numbered
inner join accounts
    on numbered.account_id = accounts.account_id
{# Groups are compared with the attribute "all". #}
where
    numbered.attribute = 'all'
    or (
        numbered.item_accounts >= accounts.least_accounts
        and numbered.item_accounts < accounts.all_accounts
    )
