{# The day that stands for "always has been" in half-open periods. #}
{% macro first_day() %}
    {% do return("cast('1900-01-01' as date)") %}
{% endmacro %}

{# The day that stands for "still is" in half-open periods. #}
{% macro last_day() %}
    {% do return("cast('9999-12-31' as date)") %}
{% endmacro %}

{# Counted from a Sunday before any accepted event. #}
{% macro days_since_sunday(day) -%}
    ({{ day }} - cast('1989-12-31' as date)) % 7
{%- endmacro %}

{# The Monday of a day's week, as a date. #}
{% macro week_start(day) -%}
    ({{ day }} - cast({{
        product_signals.days_since_sunday('(' ~ day ~ ' - 1)')
    }} as integer))
{%- endmacro %}

{# The first day of a day's month, as a date. #}
{% macro month_start(day) -%}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}

{# The number of a day's thirty-day period: something to join intervals of days
   on. #}
{% macro month_number(day) -%}
    cast(floor(({{ day }} - cast('2023-01-01' as date)) / 30) as integer)
{%- endmacro %}

{# Whether a zone is in IANA's list. dbt 2 doesn't show the list, but stops at
   unknown zones itself. #}
{% macro is_time_zone(zone) %}
    {% set zones = modules.pytz.all_timezones %}
    {% do return(zones is not defined or zone in zones) %}
{% endmacro %}

{#
    The day of this run in the variable timezone, YYYY-MM-DD: the only clock
    that the package reads. (An unknown zone is refused later.)
#}
{% macro run_date() %}
    {% set zone = var('timezone') %}
    {% if not product_signals.is_time_zone(zone) %}
        {% set zone = 'UTC' %}
    {% endif %}
    {% do return(
        run_started_at.astimezone(modules.pytz.timezone(zone))
        .strftime('%Y-%m-%d')
    ) %}
{% endmacro %}

{#
    Periods between bounds: one row from each bound of a key to the next.

    bounds   a relation with the key column and bound, a day; repeats are fine
    key      the column, or columns separated by commas
#}
{% macro cut(bounds, key) %}
    select
        {{ key }},
        valid_from,
        valid_to
    from (
        select
            {{ key }},
            bound as valid_from,
            lead(bound) over (
                partition by {{ key }} order by bound
            ) as valid_to
        from {{ bounds }}
    ) as all_bounds
    where valid_from < valid_to
{%- endmacro %}

{#
    Turns rows that are valid from one day to another into periods that don't
    overlap: on each day the row with the latest start wins, and a row it
    covered shows again once it ends.

    relation   has the key, starts_on and ends_on (half-open), and started_at
    key        the column whose rows are cut against each other
    columns    what to carry along; also settles ties, so that the order of rows
               doesn't matter

    Returns key, valid_from, valid_to (half-open, never null) and the columns.
#}
{% macro periods(relation, key, columns) %}
    select
        {{ key }},
        valid_from,
        valid_to,
        {{ columns | join(', ') }}
    from (
        select
            cut.{{ key }},
            cut.valid_from,
            cut.valid_to,
            {%- for column in columns %}
            given.{{ column }},
            {%- endfor %}
            row_number() over (
                partition by cut.{{ key }}, cut.valid_from
                order by
                    given.starts_on desc,
                    given.started_at desc,
                    given.ends_on
                    {%- for column in columns %}, given.{{ column }}
                    {%- endfor %}
            ) as choice
        from ({{ product_signals.cut(
            '(select ' ~ key ~ ', starts_on as bound from ' ~ relation
            ~ ' union all select ' ~ key ~ ', ends_on from ' ~ relation
            ~ ') as bounds', key
        ) }}) as cut
        inner join {{ relation }} as given
            on
                cut.{{ key }} = given.{{ key }}
                and cut.valid_from >= given.starts_on
                and cut.valid_from < given.ends_on
    ) as ranked
    where choice = 1
{%- endmacro %}

{# A day as people write it: 3 October 2024. #}
{% macro written_day(day) -%}
    cast(cast(extract(day from {{ day }}) as integer) as text) || ' '
    || case cast(extract(month from {{ day }}) as integer)
        {%- for month in [
            'January', 'February', 'March', 'April', 'May', 'June', 'July',
            'August', 'September', 'October', 'November', 'December',
        ] %}
        when {{ loop.index }} then '{{ month }}'
        {%- endfor %}
    end || ' ' || cast(cast(extract(year from {{ day }}) as integer) as text)
{%- endmacro %}

{# Selects every scored day, as date_day. #}
{% macro scored_days() %}
    select scope.history_start + numbers.number as date_day
    from {{ ref('int_product_signals__scope') }} as scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= scope.as_of_date - scope.history_start
{%- endmacro %}

{#
    True if a text is an ISO 8601 or RFC 3339 date or time.

    days     a regular expression for the day; by default days that exist, from
             1900 to 2199
    offset   a regular expression for the offset; by default whatever may follow
             a time: Z or z, +hh, +hh:mm, +hhmm up to 18 hours, after a space or
             not
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
    True if a column holds a time before 1900 or, with after, one after 2199,
    which no column keeps. kind as in kind_of().
#}
{% macro is_beyond(column_name, kind, after=false) %}
    {% if kind == 'text' %}
        {% do return(product_signals.is_iso_time(
            'trim(' ~ column_name ~ ')',
            days=('(2[2-9]|[3-9][0-9])' if after else '(0[0-9]|1[0-8])')
                ~ '[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        )) %}
    {% endif %}
    {# The literal has the column's type: some types hold times that others
       can't, so the column must not be cast. #}
    {% set bound = '2200-01-01' if after else '1900-01-01' %}
    {% set literal = {
        'date': "cast('" ~ bound ~ "' as date)",
        'instant': "cast('" ~ bound
            ~ " 00:00:00+00:00' as timestamp with time zone)",
    }.get(kind, "cast('" ~ bound ~ " 00:00:00' as timestamp)") %}
    {% do return(column_name ~ (' >= ' if after else ' < ') ~ literal) %}
{% endmacro %}
