{#
    The statement that deletes what the model's query gives again, by
    incremental_by().

    target       the model's table
    predicates   further conditions, from the setting incremental_predicates
#}
{% macro delete_rows(target, predicates) %}
    {%- set meta = config.get('meta') -%}
    {#- A log of runs may have been given this strategy: it only grows. -#}
    {%- set by = meta.get('deletes_by', 'nothing') -%}
    {%- set column = 'stale.' ~ meta['deletes_on'] -%}
    {%- set conditions = predicates or [] -%}
    {%- if by == 'day' -%}
        {%- set conditions = conditions + [
            product_signals.in_rebuild(column)
        ] -%}
    {%- elif 'deletes_by' in meta
            and product_signals.reads_all_events(by != 'loaded_days') -%}
        {%- set conditions = conditions -%}
    {%- elif by == 'loaded_days' -%}
        {%- set conditions = conditions + [
            column ~ ' in (select event_date from '
            ~ ref('int_product_signals__loaded_days') ~ ')'
        ] -%}
    {%- elif by == 'loaded_rows' -%}
        {%- set conditions = conditions + [
            product_signals.loaded_since(product_signals.text_to_utc(column))
        ] -%}
    {%- else -%}
        {%- set conditions = ['1 = 0'] -%}
    {%- endif %}
    delete from {{ target }} as stale
    where {{ (conditions or ['1 = 1']) | join(' and ') }};
{% endmacro %}
