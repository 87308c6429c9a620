{# True if a regular expression matches the whole text. #}
{% macro full_match(text, pattern) %}
    {% do return(
        adapter.dispatch('full_match', 'product_signals')(text, pattern)
    ) %}
{% endmacro %}

{% macro default__full_match(text, pattern) %}
    {% do return('regexp_like(' ~ text ~ ", '^(" ~ pattern ~ ")$')") %}
{% endmacro %}

{% macro duckdb__full_match(text, pattern) %}
    {% do return('regexp_matches(' ~ text ~ ", '^(" ~ pattern ~ ")$')") %}
{% endmacro %}

{% macro postgres__full_match(text, pattern) %}
    {% do return(text ~ " ~ '^(" ~ pattern ~ ")$'") %}
{% endmacro %}
