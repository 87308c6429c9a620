{# A share in percent with two decimals; null where there is nothing to
   divide by. #}
{% macro percent(part, whole) %}
    {% do return(product_signals.rounded(
        '100.0 * cast(' ~ part ~ ' as double precision) / nullif('
        ~ whole ~ ', 0)'
    )) %}
{% endmacro %}
