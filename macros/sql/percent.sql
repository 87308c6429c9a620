{# A share in percent with two decimals, a million at most, above and below 0;
   null where there is nothing to divide by. #}
{% macro percent(part, whole) %}
    {% set share = '100.0 * cast(' ~ part ~ ' as double precision) / nullif('
        ~ whole ~ ', 0)' %}
    {% do return(product_signals.rounded(
        'case when ' ~ share ~ ' > 1e6 then 1e6 when ' ~ share
        ~ ' < -1e6 then -1e6 else ' ~ share ~ ' end'
    )) %}
{% endmacro %}
