{#
    Selects what int_product_signals__current_inputs says that the run before
    didn't know, or no longer says: kind, day and reason.

    A user or account that is new, or has lost its created_at, matters from its
    first event on: until now, that event had an unknown id.
#}
{% macro changed_inputs() %}
    {%- set current = ref('int_product_signals__current_inputs') -%}
    {%- set known = product_signals.left_behind('known_inputs') -%}
    {%- set columns = 'kind, name, content, day' -%}
    {%- set with_content = "('seed', 'variable', 'column', 'version')" -%}
    with differences as (

        (
            select {{ columns }} from {{ current }}
            except
            select {{ columns }} from {{ known }}
        )
        union all
        (
            select {{ columns }} from {{ known }}
            except
            select {{ columns }} from {{ current }}
        )

    ),

    first_events as (

        {%- for kind, relation in {
            'user': product_signals.left_behind('daily_events'),
            'account': product_signals.left_behind('daily_activity'),
        }.items() if relation %}
        select
            '{{ kind }}' as kind,
            {{ kind }}_id as name,
            min(event_date) as day
        from {{ relation }}
        where {{ kind }}_id in (
            select name
            from differences
            where kind = '{{ kind }}' and day is null
        )
        group by {{ kind }}_id
        union all
        {%- endfor %}
        select
            'none' as kind,
            'none' as name,
            {{ product_signals.first_day() }} as day
        where 1 = 0

    )

    select distinct
        differences.kind,
        coalesce(differences.day, first_events.day) as day,
        differences.kind || ' ' || differences.name
        || case
            when differences.kind not in {{ with_content }}
                then ''
            else ' '
            || coalesce(nullif(before.content, ''), '(empty)')
            || ' → '
            || coalesce(nullif(now.content, ''), '(empty)')
        end as reason
    from differences
    left join {{ current }} as now
        on
            differences.kind = now.kind
            and differences.name = now.name
            and now.kind in {{ with_content }}
    left join {{ known }} as before
        on
            differences.kind = before.kind
            and differences.name = before.name
            and before.kind in {{ with_content }}
    left join first_events
        on
            differences.kind = first_events.kind
            and differences.name = first_events.name
{%- endmacro %}

{#
    The variables that figures depend on, besides those that name inputs and
    seeds. Without only_loaded_by_then, as_of_date just moves the last day.
    Variables that only say what to read again don't count.
#}
{% macro variables_that_count() %}
    {% set names = [
        'only_loaded_by_then', 'timezone', 'history_start', 'history_grain',
        'size_column', 'active_window_days', 'adoption_window_days',
        'seen_days', 'trend_threshold', 'renewal_window_days',
        'onboarding_days', 'excluded_actor_types',
        'urgent_priorities', 'account_attributes', 'user_attributes',
    ] %}
    {% if var('only_loaded_by_then') %}
        {% do names.append('as_of_date') %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}
