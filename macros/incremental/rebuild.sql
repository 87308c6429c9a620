{#
    The first day that this run builds again, as a literal; none where the
    model is built in full, as it is from the first scored day on.
#}
{% macro rebuild_from() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if not is_incremental() or not load_relation(scope) %}
        {% do return(none) %}
    {% endif %}
    {% set known = product_signals.known_in_run() %}
    {% if 'scope' not in known %}
        {% do known.update({'scope': run_query(
            'select rebuild_from, history_start, as_of_date from ' ~ scope
        ).rows[0].values() | map('string') | list}) %}
    {% endif %}
    {% set days = known['scope'] %}
    {% if days[0] <= days[1] %}
        {% do return(none) %}
    {% endif %}
    {% do return("cast('" ~ days[0][:10] ~ "' as date)") %}
{% endmacro %}

{#
    Whether a row's day is built again in this run; true in a full build.

    day           the row's day
    days_before   days that a window reaches back from the first of those
#}
{% macro in_rebuild(day, days_before=0) -%}
    {%- set first_day = product_signals.rebuild_from() -%}
    {%- if first_day -%}
    {{ day }} >= {{ first_day }}{{ ' - ' ~ days_before if days_before }}
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Whether a row's day is built again, or one on which it leaves a window; true
    in a full build.

    day       the row's day
    windows   how many days they have
#}
{% macro moves_in_rebuild(day, windows=[]) -%}
    {%- set first_day = product_signals.rebuild_from() -%}
    {%- if first_day -%}
    (
        {%- set last_day = product_signals.known_in_run()['scope'][2] %}
        {%- for days in [0] + windows %}
        {{ 'or ' if not loop.first }}{{ day }}
        between {{ first_day }} - {{ days }}
        and cast('{{ last_day[:10] }}' as date) - {{ days }}
        {%- endfor %}
    )
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Whether the events input is read from its beginning, rather than only what
    arrived since the last complete run.

    reread   so it is with the variable rebuild_from, for a model whose rows
             have no day to read again from
#}
{% macro reads_all_events(reread=false) %}
    {% set run = product_signals.this_run() %}
    {% if not is_incremental() or run.get('reads_all_events', true) %}
        {% do return(true) %}
    {% endif %}
    {% do return(reread and run['reread_from'] is not none) %}
{% endmacro %}

{#
    Whether a row may have arrived since the last complete run: by its time of
    arrival, or because nobody knows that. Rows may be seen a little after
    others that arrived after them, hence the hour.

    loaded_at   the row's time of arrival, UTC
#}
{% macro loaded_since(loaded_at) %}
    {% set loaded_before = product_signals.this_run().get('loaded_before') %}
    {% if not loaded_before %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        'coalesce(' ~ loaded_at ~ " >= cast('" ~ loaded_before
        ~ "' as timestamp) - interval '1 hour', true)"
    ) %}
{% endmacro %}

{#
    The earliest day in a column, as a literal, so that a warehouse need not
    look into older parts of a table.

    relation   a table or view
    column     the column, or another expression
    rows       SQL: which of its rows
#}
{% macro first_day_of(relation, column, rows='1 = 1') %}
    {% set day = none %}
    {% if execute and load_relation(relation) %}
        {% set day = run_query(
            'select min(' ~ column ~ ') from ' ~ relation ~ ' where ' ~ rows
        ).rows[0][0] %}
    {% endif %}
    {% if day is none %}
        {% do return(product_signals.last_day()) %}
    {% endif %}
    {% do return("cast('" ~ (day | string)[:10] ~ "' as date)") %}
{% endmacro %}

{# One line in dbt's log: from which day the run builds again, and why. #}
{% macro announce_rebuild() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if execute and is_incremental() and load_relation(scope)
            and flags.WHICH in ('run', 'build') %}
        {% set row = run_query(
            'select cast(rebuild_from as text), rebuild_reason,'
            ~ ' cast(history_start as text) from ' ~ scope
        ).rows[0] %}
        {% do log(
            'product_signals: builds again from ' ~ [row[0], row[2]] | max
            ~ ' (' ~ row[1] ~ ')', info=true
        ) %}
    {% endif %}
{% endmacro %}
