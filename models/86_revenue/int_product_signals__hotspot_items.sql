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
{% set outcome_days = product_signals.band_begins('outcome_days', 'before') %}
{% set least_accounts = product_signals.band_begins(
    'comparison_accounts', 'enough'
) %}

with accounts as (

    select
        metrics.account_id,
        cast(metrics.mrr as numeric(28, 6)) as mrr,
        {%- for band in usage_bands %}
        metrics.{{ band }},
        {%- endfor %}
        metrics.as_of_date as described_on,
        scope.as_of_date,
        coalesce(entities.cancelled_on <= scope.as_of_date, false)
            as has_churned,
        count(*) over () as all_accounts
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join {{ ref('int_product_signals__scope') }} as scope
        on metrics.as_of_date = scope.as_of_date - {{ outcome_days }}
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
    {{ least_accounts }} as least_accounts
from numbered
inner join accounts
    on numbered.account_id = accounts.account_id
{# Groups are compared with the attribute "all". #}
where
    numbered.attribute = 'all'
    or (
        numbered.item_accounts >= {{ least_accounts }}
        and numbered.item_accounts < accounts.all_accounts
    )
