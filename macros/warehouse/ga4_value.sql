{#
    The value of a key in GA4's event_params or user_properties, as text. These
    list keys, each with a value of one of four types. Only BigQuery has that
    export; DuckDB can hold the same.
#}
{% macro ga4_value(params, key) %}
    {% do return(
        adapter.dispatch('ga4_value', 'product_signals')(params, key)
    ) %}
{% endmacro %}

{% macro default__ga4_value(params, key) %}
    {% do return(
        '(select coalesce(value.string_value, cast(value.int_value as string),'
        ~ ' cast(value.double_value as string),'
        ~ ' cast(value.float_value as string))'
        ~ ' from unnest(' ~ params ~ ") where key = '" ~ key ~ "' limit 1)"
    ) %}
{% endmacro %}

{% macro duckdb__ga4_value(params, key) %}
    {% set value = 'list_filter(' ~ params ~ ", lambda p: p.key = '" ~ key
        ~ "')[1].value" %}
    {% do return(
        'coalesce(' ~ value ~ '.string_value, cast(' ~ value
        ~ '.int_value as string), cast(' ~ value
        ~ '.double_value as string), cast(' ~ value
        ~ '.float_value as string))'
    ) %}
{% endmacro %}
