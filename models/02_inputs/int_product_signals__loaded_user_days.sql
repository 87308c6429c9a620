{#
    Users and days of which events arrived since the last complete run, by
    loaded_at, whatever their age. Rows without it are read again for as many
    days as the variable lookback_days says, from the last day that was scored
    and had events.
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

select distinct
    user_id,
    event_date
from {{ ref('stg_product_signals__events') }}
where
    {% if not run['is_partial'] -%}
    1 = 0
    {%- else -%}
    reject_reason is null
    and {{ product_signals.loaded_since(run, 'loaded_at') }}
    and (
        loaded_at is not null
        or event_date > least(
            cast('{{ run["previous_as_of_date"] }}' as date),
            cast('{{ run["previous_event_date"] }}' as date)
        ) - {{ var('lookback_days') }}
    )
    {%- endif %}
