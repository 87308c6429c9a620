{#
    The statements that delete what the model's query gives again.

    target       the model's table
    source       what the query gave
    predicates   further conditions, from the setting incremental_predicates
#}
{% macro restate_deletes(target, source, predicates) %}
    {%- set meta = config.get('meta') -%}
    {%- set day = 'stale.' ~ meta['day'] -%}
    {%- set more = (' and ' ~ predicates | join(' and ')) if predicates
        else '' -%}
    {#- A log of runs may have been given this strategy: it only grows. #}
    {%- if 'restated_by' not in meta %}
    {%- elif not product_signals.latest_run()['is_partial'] %}
    delete from {{ target }};
    {%- else %}
    {%- for by in meta['restated_by'] %}
    {%- if by in ['since_days', 'since_accounts'] %}
    delete from {{ target }} as stale
    where {{ day }} >= {{ product_signals.first_restated_day(
        accounts=by == 'since_accounts'
    ) }}{{ more }};
    {%- elif by == 'signals' %}
    {#- Neither "in" nor "not in": Postgres compares rows one by one where the
        list of ids does not fit into work_mem. #}
    delete from {{ target }} as stale
    where exists (
        select 1 from {{ source }} as fresh
        where {{ day }} = fresh.{{ meta['day'] }}
    ){{ more }};
    delete from {{ target }} as stale
    where not exists (
        select 1 from {{ ref('int_product_signals__episodes') }} as episodes
        where {{ day }} = episodes.signal_id
    ){{ more }};
    {%- elif by == 'loaded_rows' %}
    delete from {{ target }} as stale
    where {{ product_signals.loaded_since(
        product_signals.latest_run(), product_signals.text_to_utc(day)
    ) }}{{ more }};
    {%- elif by in ['days', 'scored_days'] %}
    delete from {{ target }} as stale
    where {{ day }} in (
        {{ product_signals.restated_days(scored=by == 'scored_days') }}
    ){{ more }};
    {%- elif by in ['users', 'accounts'] %}
    {%- set changed = ref('int_product_signals__restated_' ~ by) %}
    {%- set key = by[:-1] ~ '_id' %}
    delete from {{ target }} as stale
    using {{ changed }} as restated
    where
        stale.{{ key }} = restated.{{ key }}
        and {{ day }} >= restated.first_day
        and {{ day }} >= {{ product_signals.first_day_of(
            changed, 'first_day'
        ) }}{{ more }};
    {%- else %}
    {%- set changed = ref('int_product_signals__' ~ by) %}
    delete from {{ target }} as stale
    using {{ changed }} as restated
    where
        stale.user_id = restated.user_id
        and {{ day }} = restated.event_date
        and {{ day }} >= {{ product_signals.first_day_of(
            changed, 'event_date'
        ) }}{{ more }};
    {%- endif %}
    {%- endfor %}
    {%- endif %}
{% endmacro %}
