{# Microseconds since 1970, as GA4 exports times to BigQuery; DuckDB can read
   the same. #}
{% macro ga4_time(micros) %}
    {% do return(adapter.dispatch('ga4_time', 'product_signals')(micros)) %}
{% endmacro %}

{% macro default__ga4_time(micros) %}
    {% do return('timestamp_micros(' ~ micros ~ ')') %}
{% endmacro %}

{% macro duckdb__ga4_time(micros) %}
    {% do return('make_timestamp(' ~ micros ~ ')') %}
{% endmacro %}
