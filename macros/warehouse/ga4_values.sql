{#
    What GA4 has in its own shapes: a list of keys with a value of one of four
    types, and microseconds since 1970. Only BigQuery has its export; DuckDB can
    hold the same.
#}

{# The value of a key in event_params or user_properties, as text. #}
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

{% macro ga4_time(micros) %}
    {% do return(adapter.dispatch('ga4_time', 'product_signals')(micros)) %}
{% endmacro %}

{% macro default__ga4_time(micros) %}
    {% do return('timestamp_micros(' ~ micros ~ ')') %}
{% endmacro %}

{% macro duckdb__ga4_time(micros) %}
    {% do return('make_timestamp(' ~ micros ~ ')') %}
{% endmacro %}
