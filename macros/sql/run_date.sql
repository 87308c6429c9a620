{#
    The day of this run in the variable timezone, YYYY-MM-DD: the only clock
    that the package reads. (A zone that doesn't exist is refused later.)
#}
{% macro run_date() %}
    {% set zone = var('timezone') %}
    {% if zone not in modules.pytz.all_timezones %}
        {% set zone = 'UTC' %}
    {% endif %}
    {% do return(
        run_started_at.astimezone(modules.pytz.timezone(zone))
        .strftime('%Y-%m-%d')
    ) %}
{% endmacro %}
