{# Which way a score goes, by the published change and the variable
   trend_threshold. #}
{% macro trend(change) %}
    {%- set threshold = var('trend_threshold') -%}
    case
        when {{ change }} is null then 'new'
        when {{ change }} >= {{ threshold }} then 'rising'
        when {{ change }} <= -{{ threshold }} then 'falling'
        else 'flat'
    end
{%- endmacro %}
