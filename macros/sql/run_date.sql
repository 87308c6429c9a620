{# The day of this run in the variable timezone, YYYY-MM-DD: the only clock
   that the package reads. #}
{% macro run_date() %}
    {% set zone = modules.pytz.timezone(var('timezone')) %}
    {% do return(run_started_at.astimezone(zone).strftime('%Y-%m-%d')) %}
{% endmacro %}
