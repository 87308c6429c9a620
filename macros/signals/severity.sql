{# The place of a severity: 1 for the most severe, 5 for news. #}
{% macro severity_order(severity) -%}
    case {{ severity }}
        when 'critical' then 1
        when 'high' then 2
        when 'medium' then 3
        when 'low' then 4
        when 'info' then 5
    end
{%- endmacro %}
