{# An event's count of a day, no more than its daily cap; an empty cap is
   none. #}
{% macro capped(event_count, daily_cap) %}
    {% do return(
        'case when ' ~ event_count ~ ' > ' ~ daily_cap ~ ' then ' ~ daily_cap
        ~ ' else ' ~ event_count ~ ' end'
    ) %}
{% endmacro %}
