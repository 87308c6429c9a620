{#
    A row for every run that came to its end. Only a complete one counts for
    the next: it built every model, and no other run was at work meanwhile.
    Until there is one, each run builds again what all since the last complete
    one did.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'needs': product_signals.log_needs()},
) }}
-- depends_on: {{ ref('product_signals__accounts') }}
-- depends_on: {{ ref('product_signals__accounts_daily') }}
-- depends_on: {{ ref('product_signals__activation_cohorts') }}
-- depends_on: {{ ref('product_signals__activity_daily') }}
-- depends_on: {{ ref('product_signals__attributes') }}
-- depends_on: {{ ref('product_signals__data_health') }}
-- depends_on: {{ ref('product_signals__feature_usage') }}
-- depends_on: {{ ref('product_signals__score_components') }}
-- depends_on: {{ ref('product_signals__segment_scores') }}
-- depends_on: {{ ref('product_signals__signal_digest') }}
-- depends_on: {{ ref('product_signals__users') }}
-- depends_on: {{ ref('product_signals__work_list') }}

select
    runs.run_id,
    runs.run_number,
    runs.started_at,
    runs.loaded_through,
    scope.as_of_date,
    scope.history_start,
    (
        select max(daily_events.event_date)
        from {{ ref('int_product_signals__daily_events') }} as daily_events
    ) as last_event_date,
    runs.is_whole
    and runs.is_alone
    and 1 = (
        select count(*) from {{ ref('int_product_signals__runs') }} as others
        where others.run_number >= runs.run_number
    ) as is_complete
from {{ ref('int_product_signals__runs') }} as runs
cross join {{ ref('int_product_signals__scope') }} as scope
where runs.run_id = '{{ invocation_id }}'
