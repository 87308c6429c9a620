{#
    A row per signal, entity and day on which the signal begins to hold, holds
    by its clear values only, or ceases to hold. No state holds for those who
    are lost or have left; an event can on the day of the cancellation.
#}
{{ product_signals.incremental_by_day('changed_on') }}

with account_metrics as (

    select
        metrics.*,
        metrics.lifecycle_stage <> 'churned'
        and coalesce({{ product_signals.band(
            'inactive_days', 'metrics.days_since_last_active'
        ) }} <> 'lost', true) as can_hold,
        metrics.lifecycle_stage <> 'churned'
        or coalesce(metrics.days_since_cancelled = 0, false) as can_happen
    from {{ ref('int_product_signals__account_figures') }} as metrics
    where {{ product_signals.in_rebuild('metrics.as_of_date') }}

),

user_metrics as (

    select
        metrics.*,
        metrics.is_live as can_hold,
        metrics.is_live as can_happen
    from {{ ref('int_product_signals__user_figures') }} as metrics
    where {{ product_signals.in_rebuild('metrics.as_of_date') }}

),

product_metrics as (

    select
        metrics.*,
        true as can_hold,
        true as can_happen
    from {{ ref('int_product_signals__product_metrics') }} as metrics
    where {{ product_signals.in_rebuild('metrics.as_of_date') }}

),

{% for entity in ['account', 'user', 'product'] -%}
{{ entity }}_changes as (

    {{ product_signals.signal_changes(entity) }}

){{ ',' if not loop.last }}

{% endfor -%}
{% for entity in ['account', 'user', 'product'] -%}
select * from {{ entity }}_changes
{{ 'union all' if not loop.last }}
{% endfor %}
