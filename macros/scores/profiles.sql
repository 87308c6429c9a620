{# The periods of all profiles in days, each once; empty while parsing. #}
{% macro profile_periods() %}
    {% do return(
        product_signals.read_profiles() | map(attribute=0) | unique | sort
    ) %}
{% endmacro %}

{# The most days that somebody counts as active or seen under a profile. An
   active window is never longer. #}
{% macro longest_period() %}
    {% do return(
        (product_signals.profile_periods() + [var('seen_days')]) | max
    ) %}
{% endmacro %}

{# The most days that a profile looks back to compare; 0 while parsing. #}
{% macro longest_change() %}
    {% do return(
        product_signals.read_profiles() | map(attribute=1) | max | default(0)
    ) %}
{% endmacro %}

{# The most days that a profile's prior window starts before a day; 0 while
   parsing. #}
{% macro longest_reach() %}
    {% set days = [] %}
    {% for period_days, change_days, _ in product_signals.read_profiles() %}
        {% do days.append(period_days + change_days) %}
    {% endfor %}
    {% do return(days | max | default(0)) %}
{% endmacro %}

{# Whether users of one account can have different main profiles, because a
   profile is for some users only. #}
{% macro filters_users() %}
    {% do return(
        'user' in product_signals.read_profiles() | map(attribute=2)
    ) %}
{% endmacro %}

{# The period_days, change_days and filter_entity of every profile, read once a
   run. #}
{% macro read_profiles() %}
    {% set profiles = product_signals.seed('score_profiles') %}
    {% set known = product_signals.known_in_run() %}
    {% if 'profiles' not in known
            and product_signals.is_loaded('score_profiles') %}
        {% do known.update({'profiles': run_query(
            'select period_days, change_days, filter_entity from (' ~ profiles
            ~ ') as profiles'
        ).rows | map('list') | list}) %}
    {% endif %}
    {% do return(known.get('profiles', [])) %}
{% endmacro %}

{#
    The first day on which the prior window is complete, too, because the entity
    and the history cover it. Reads the relation scope.

    begins_on   the entity's first day
    profile     the relation with the profile's period_days and change_days
#}
{% macro first_compared_day(begins_on, profile) -%}
    greatest({{ begins_on }}, scope.history_start)
    + {{ profile }}.period_days + {{ profile }}.change_days - 1
{%- endmacro %}

{# Whether a day's user scores are published, by the variable history_grain.
   Reads the relation scope. #}
{% macro is_published(day) -%}
    {%- if var('history_grain') == 'week' -%}
    ({{ product_signals.days_since_sunday(day) }} = 0
        or {{ day }} = scope.as_of_date)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Users' activity in an account under a profile that filters users, as common
    table expressions: each day's counts while it is in the period and the user
    passes.

    reach   days that a window reaches back

    Reads the relation profiles.
#}
{% macro passing_activity(reach) -%}
passing_activity as (

    select
        profiles.profile,
        profiles.change_days,
        activity.account_id,
        activity.event_date,
        activity.feature,
        activity.is_activity,
        activity.event_count,
        activity.agent_event_count,
        activity.event_value,
        greatest(activity.event_date, periods.valid_from) as valid_from,
        least(
            activity.event_date + profiles.period_days, periods.valid_to
        ) as valid_to
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join profiles
        on profiles.filter_entity = 'user'
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
        on
            periods.entity = 'user'
            and profiles.profile = periods.profile
            and activity.user_id = periods.entity_id
            and activity.event_date < periods.valid_to
            and activity.event_date + profiles.period_days > periods.valid_from
    where
        activity.account_id is not null
        and {{ product_signals.in_rebuild('activity.event_date', reach) }}

),

passing_days as (

    {{ product_signals.joined_periods(
        '(select * from passing_activity where is_activity) as days',
        'profile, account_id, event_date'
    ) }}

),

passing_features as (

    {{ product_signals.joined_periods(
        '(select * from passing_activity where feature is not null) as days',
        'profile, account_id, feature'
    ) }}

)
{%- endmacro %}

{#
    The same, as changes of an account's figures.

    columns   all columns of the union of changes that this is part of
#}
{% macro passing_changes(columns) %}
    {%- for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        profile,
        account_id,
        {{ day }} as changed_on,
        {{- product_signals.amounts(columns, {
            'event_count': sign ~ 'event_count',
            'agent_event_count': sign ~ 'agent_event_count',
            'event_value': sign ~ 'coalesce(event_value, 0)',
            'valued_days': sign
                ~ 'case when event_value is null then 0 else 1 end',
        }) }}
    from passing_activity

    union all

    select
        profile,
        account_id,
        {{ day }} + change_days as changed_on,
        {{- product_signals.amounts(columns, {
            'previous_event_count': sign ~ 'event_count',
        }) }}
    from passing_activity

    union all

    {%- endfor %}

    {{ product_signals.period_changes(
        'profile, account_id', columns,
        {'active_days': 'passing_days', 'features_used': 'passing_features'}
    ) }}
{%- endmacro %}

{#
    Joins periods that overlap or touch.

    relation   rows with the keys, valid_from and valid_to (half-open)
    keys       columns, separated by commas
#}
{% macro joined_periods(relation, keys) %}
    select
        {{ keys }},
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from (
        select
            *,
            sum(begins) over (
                partition by {{ keys }}
                order by valid_from, valid_to, begins desc
                rows unbounded preceding
            ) as period_number
        from (
            select
                *,
                case
                    when valid_from <= max(valid_to) over (
                        partition by {{ keys }}
                        order by valid_from, valid_to
                        rows between unbounded preceding and 1 preceding
                    )
                        then 0
                    else 1
                end as begins
            from {{ relation }}
        ) as marked
    ) as numbered
    group by {{ keys }}, period_number
{%- endmacro %}
