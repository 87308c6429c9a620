{#
    True for a text that is an ISO 8601 or RFC 3339 date or time.

    days     a regular expression for the day; else those that exist from 1900
             to 2199
    offset   a regular expression for the offset; else whatever may follow a
             time: Z or z, +hh, +hh:mm, +hhmm up to 18 hours, after a blank
             or not
    letter   what may stand between day and time
#}
{% macro is_iso_time(text, days=none, offset=none, letter='[ Tt]') %}
    {% do return(product_signals.full_match(
        text,
        (days or product_signals.days_from_1900_to_2199())
        ~ '(' ~ letter ~ '([01][0-9]|2[0-3]):[0-5][0-9]'
        ~ '(:[0-5][0-9]([.][0-9]+)?)?('
        ~ (offset or ' ?([Zz]|[+-](0[0-9]|1[0-7])(:?[0-5][0-9])?'
            ~ '|[+-]18(:?00)?)')
        ~ ')?)?'
    )) %}
{% endmacro %}

{# Three parts: any day up to the 28th, the ends of months, leap days. #}
{% macro days_from_1900_to_2199() %}
    {% do return(
        '((19|20|21)[0-9]{2}-('
        ~ '(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])'
        ~ '|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)'
        ~ '|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)'
    ) %}
{% endmacro %}

{#
    True where a column holds a time before 1900 or, if after, one after 2199:
    times that no column keeps. kind as in kind_of().
#}
{% macro is_beyond(column_name, kind, after=false) %}
    {% if kind == 'text' %}
        {% do return(product_signals.is_iso_time(
            'trim(' ~ column_name ~ ')',
            days=('(2[2-9]|[3-9][0-9])' if after else '(0[0-9]|1[0-8])')
                ~ '[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        )) %}
    {% endif %}
    {# The literal is of the column's type: some hold times that others
       cannot, so that comparing must not cast the column. #}
    {% set bound = '2200-01-01' if after else '1900-01-01' %}
    {% set literal = {
        'date': "cast('" ~ bound ~ "' as date)",
        'instant': "cast('" ~ bound
            ~ " 00:00:00+00:00' as timestamp with time zone)",
    }.get(kind, "cast('" ~ bound ~ " 00:00:00' as timestamp)") %}
    {% do return(column_name ~ (' >= ' if after else ' < ') ~ literal) %}
{% endmacro %}

{# A timestamp with time zone as a UTC timestamp without one. #}
{% macro default__instant_to_utc(instant) %}
    {% do return('(' ~ instant ~ " at time zone 'UTC')") %}
{% endmacro %}

{% macro snowflake__instant_to_utc(instant) %}
    {% do return(
        "cast(convert_timezone('UTC', " ~ instant ~ ') as timestamp_ntz)'
    ) %}
{% endmacro %}

{# A UTC timestamp as the wall clock of a zone. #}
{% macro default__utc_to_local(utc, timezone) %}
    {% do return(
        '((' ~ utc ~ ") at time zone 'UTC' at time zone '" ~ timezone ~ "')"
    ) %}
{% endmacro %}

{% macro snowflake__utc_to_local(utc, timezone) %}
    {% do return("convert_timezone('UTC', '" ~ timezone ~ "', " ~ utc ~ ')') %}
{% endmacro %}
