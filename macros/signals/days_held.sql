{#
    The days on which the signals of an entity hold, or still hold by their
    clear values.

    relation   the metrics: a row per entity and as_of_date
    entity     account or user
#}
{% macro days_held(relation, entity) %}
    {%- set rules = product_signals.signal_rules()
        | selectattr('entity', 'equalto', entity) -%}
    {% for signal in rules | groupby('signal', case_sensitive=true) %}
    select
        {{ product_signals.metric_literal(signal.grouper, 'text') }} as signal,
        {{ entity }}_id,
        as_of_date,
        {{ product_signals.groups_hold(signal.list, 'value') }} as holds
    from {{ relation }}
    where
        {{ product_signals.groups_hold(signal.list, 'value') }}
        or {{ product_signals.groups_hold(signal.list, 'clear_value') }}
    union all
    {% endfor %}
    {# So that there is a query with no rule switched on, too. #}
    select
        cast(null as text) as signal,
        cast(null as text) as {{ entity }}_id,
        cast(null as date) as as_of_date,
        cast(null as boolean) as holds
    where 1 = 0
{%- endmacro %}
