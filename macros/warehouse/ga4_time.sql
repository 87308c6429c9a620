{# A time in microseconds since 1970, as GA4 exports it to BigQuery; DuckDB can
   read it, too. #}
{% macro ga4_time(micros) %}
    {% do return(adapter.dispatch('ga4_time', 'product_signals')(micros)) %}
{% endmacro %}

{% macro default__ga4_time(micros) %}
    {% do return('timestamp_micros(' ~ micros ~ ')') %}
{% endmacro %}

{% macro duckdb__ga4_time(micros) %}
    {% do return('make_timestamp(' ~ micros ~ ')') %}
{% endmacro %}
