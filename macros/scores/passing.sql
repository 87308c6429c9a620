{#
    What users did that count in an account under a profile that looks at users,
    as common table expressions: each day's activity for as long as it is in the
    period and the user passes.

    reach   days that a window reaches back to

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
    The same as changes of an account's figures.

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
    Periods that overlap or touch, joined into one.

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
                order by valid_from, valid_to rows unbounded preceding
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
