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
