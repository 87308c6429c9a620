{#
    A text as a UTC timestamp; null where it is none. ISO 8601 dates and times
    with or without an offset; without one the text is UTC.
#}
{% macro text_to_utc(text) %}
    {% do return(
        adapter.dispatch('text_to_utc', 'product_signals')('trim(' ~ text ~ ')')
    ) %}
{% endmacro %}

{# The session's time zone must not decide what a text means, hence the two
   ways: a text with an offset is an instant, one without is UTC already. #}
{% macro duckdb__text_to_utc(text) %}
    {% do return(
        'case when ' ~ product_signals.has_utc_offset(text)
        ~ ' then try_cast(' ~ text
        ~ " as timestamp with time zone) at time zone 'UTC'"
        ~ ' else try_cast(' ~ text ~ ' as timestamp) end'
    ) %}
{% endmacro %}

{# Postgres has no cast that returns null, so the text is checked first: its
   shape, and that the day exists in its month. #}
{% macro postgres__text_to_utc(text) %}
    {% set day = 'substr(' ~ text ~ ', 9, 2)' %}
    {% set month = 'substr(' ~ text ~ ', 6, 2)' %}
    {% set year = 'cast(substr(' ~ text ~ ', 1, 4) as integer)' %}
    {% do return(
        'case when ' ~ product_signals.is_iso_time(text)
        ~ ' then case when ' ~ year ~ ' > 0 and ' ~ day ~ ' <= case'
        ~ ' when ' ~ month ~ " in ('04', '06', '09', '11') then '30'"
        ~ ' when ' ~ month ~ " <> '02' then '31'"
        ~ ' when ' ~ year ~ ' % 4 = 0 and (' ~ year ~ ' % 100 <> 0 or '
        ~ year ~ " % 400 = 0) then '29' else '28' end"
        ~ ' then case when ' ~ product_signals.has_utc_offset(text)
        ~ ' then cast(' ~ text
        ~ " as timestamp with time zone) at time zone 'UTC'"
        ~ ' else cast(' ~ text ~ ' as timestamp) end end end'
    ) %}
{% endmacro %}

{# Snowflake would take a bare number for seconds since 1970. #}
{% macro snowflake__text_to_utc(text) %}
    {% do return(
        'case when not ' ~ product_signals.is_iso_time(text) ~ ' then null'
        ~ ' when ' ~ product_signals.has_utc_offset(text)
        ~ " then cast(convert_timezone('UTC', try_cast(" ~ text
        ~ ' as timestamp_tz)) as timestamp_ntz)'
        ~ ' else try_cast(' ~ text ~ ' as timestamp_ntz) end'
    ) %}
{% endmacro %}
