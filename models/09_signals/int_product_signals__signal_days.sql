{#
    The days on which each signal holds, or still holds by its clear values:
    every rule of the seeds over the metrics of accounts and users.
#}
-- depends_on: {{ ref('int_product_signals__signal_rules') }}
{% set rules = product_signals.signal_rules() %}
{% set vectors = {
    'account': ref('product_signals__accounts_daily'),
    'user': ref('int_product_signals__user_vectors'),
} %}

{% for signal in rules | groupby('signal', case_sensitive=true) %}
{% set entity = signal.list[0]['entity'] %}
select
    {{ product_signals.metric_literal(signal.grouper, 'text') }} as signal,
    '{{ entity }}' as entity,
    {{ entity }}_id as entity_id,
    as_of_date,
    {{ product_signals.groups_hold(signal.list, 'value') }} as holds
from {{ vectors[entity] }}
where
    {{ product_signals.groups_hold(signal.list, 'value') }}
    or {{ product_signals.groups_hold(signal.list, 'clear_value') }}
union all
{% endfor %}
{# So that there is a query with no rule switched on, too. #}
select
    cast(null as text) as signal,
    cast(null as text) as entity,
    cast(null as text) as entity_id,
    cast(null as date) as as_of_date,
    cast(null as boolean) as holds
where 1 = 0
