{# Whether a text is a day that exists, YYYY-MM-DD. #}
{% macro is_date(text) %}
    {% if not modules.re.fullmatch(
        '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text
    ) or text[:4] == '0000' %}
        {% do return(false) %}
    {% endif %}
    {% set month = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) %}
    {# The 30th of February would be in March. #}
    {% set day = month + modules.datetime.timedelta(text[8:] | int - 1) %}
    {% do return(day.month == month.month) %}
{% endmacro %}
