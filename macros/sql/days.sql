{# The day that stands for "always has been" in half-open periods. #}
{% macro first_day() %}
    {% do return("cast('1900-01-01' as date)") %}
{% endmacro %}

{# The day that stands for "still is" in half-open periods. #}
{% macro last_day() %}
    {% do return("cast('9999-12-31' as date)") %}
{% endmacro %}

{# Counted from a Sunday before any event that is accepted. #}
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

{# The number of the thirty days that a day belongs to: something to join on
   where one side has intervals of days. #}
{% macro month_number(day) -%}
    cast(floor(({{ day }} - cast('2023-01-01' as date)) / 30) as integer)
{%- endmacro %}

{# Whether a zone is in the IANA's list, which dbt 2 doesn't show: it stops at
   another by itself. #}
{% macro is_time_zone(zone) %}
    {% set zones = modules.pytz.all_timezones %}
    {% do return(zones is not defined or zone in zones) %}
{% endmacro %}

{#
    The day of this run in the variable timezone, YYYY-MM-DD: the only clock
    that the package reads. (A zone that doesn't exist is refused later.)
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
    Periods between bounds: one row from each bound of a key to its next.

    bounds   a relation with the key column and bound, a day; one may be
             there many times
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
    overlap: on every day the row with the latest start wins, and one that
    was covered shows again where the later one ends.

    relation   has the key, starts_on and ends_on (half-open), and started_at
    key        the column whose rows are cut against each other
    columns    what to carry along; also settles ties, so that the order in
               which rows come does not matter

    Gives key, valid_from, valid_to (half-open, never null) and the columns.
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

{# Selects every day that is scored, as date_day. #}
{% macro scored_days() %}
    select scope.history_start + numbers.number as date_day
    from {{ ref('int_product_signals__scope') }} as scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= scope.as_of_date - scope.history_start
{%- endmacro %}
