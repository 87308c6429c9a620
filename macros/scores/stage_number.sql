{# Where a lifecycle stage stands on the way from trial to adopted; an account
   up for renewal has been adopted. #}
{% macro stage_number(stage) -%}
    case {{ stage }}
        when 'trial' then 1
        when 'onboarding' then 2
        when 'adopted' then 3
        when 'renewal' then 3
    end
{%- endmacro %}
