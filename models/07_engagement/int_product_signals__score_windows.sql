{#
    Points in the current and the prior window, for every subject and every
    day on which either holds any, before normalisation.

    Rather than adding up each day's window, this notes what enters and what
    leaves (int_product_signals__window_steps), keeps a running total, and
    lets each total stand until the next change. So the length of a window,
    its decay and the number of profiles are data, not SQL.

    What happened before a subject's first day here makes up that day: the
    first scored day, or, for a run that adds to what is there, the first one
    that is restated.
#}
{{ product_signals.restated_by(['users'], 'as_of_date') }}
{% set partial = product_signals.is_partial('user') %}
{% set columns = [
    'exact_points',
    'previous_exact_points',
    'event_count',
    'active_days',
    'features_used',
    'key_features_used',
    'key_features',
] %}
{% set feature_columns = columns[4:] %}
{% if partial %}
{% set first_day = 'greatest(restated.first_day, scope.history_start)' %}
{% else %}
{% set first_day = 'scope.history_start' %}
{% endif %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    select * from {{ ref('stg_product_signals__score_profiles') }}

),

subject_days as (

    select
        user_days.weight_set,
        subjects.user_id,
        subjects.account_id,
        subjects.is_user,
        user_days.event_date,
        sum(user_days.exact_points) as exact_points,
        sum(user_days.event_count) as event_count,
        max(user_days.active_days) as active_days,
        max(user_days.last_active_at) as last_active_at
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on
            user_days.user_id = subjects.user_id
            and (
                subjects.is_user
                or user_days.account_id = subjects.account_id
            )
    {{ product_signals.join_restated(
        partial, 'user', 'user_days.user_id'
    ) }}
    where {{ product_signals.is_restated(
        partial, 'user_days.event_date', periods=2
    ) }}
    group by
        user_days.weight_set,
        subjects.user_id,
        subjects.account_id,
        subjects.is_user,
        user_days.event_date

),

{# A part of a user in an account has a profile where the account has it,
   unless the profile looks at the user. #}
profile_subjects as (

    select
        profiles.profile,
        subjects.user_id,
        subjects.account_id,
        subjects.is_user,
        case
            when subjects.is_user or profiles.filter_entity = 'user'
                then 'user'
            else 'account'
        end as entity,
        case
            when subjects.is_user or profiles.filter_entity = 'user'
                then subjects.user_id
            else subjects.account_id
        end as entity_id
    from {{ ref('int_product_signals__score_subjects') }} as subjects
    cross join profiles

),

subject_periods as (

    select
        profile_subjects.profile,
        profile_subjects.user_id,
        profile_subjects.account_id,
        profile_subjects.is_user,
        periods.account_id as home_account_id,
        periods.is_main_profile,
        periods.valid_from,
        periods.valid_to
    from profile_subjects
    inner join {{ ref('int_product_signals__profile_periods') }} as periods
        on
            profile_subjects.profile = periods.profile
            and profile_subjects.entity = periods.entity
            and profile_subjects.entity_id = periods.entity_id

),

earned as (

    select
        steps.profile,
        subject_days.user_id,
        subject_days.account_id,
        subject_days.is_user,
        subject_days.event_date + steps.age as changed_on,
        case when steps.age = 0 then subject_days.last_active_at end
            as last_active_at,
        floor(subject_days.exact_points * steps.share + 0.5)
        - floor(subject_days.exact_points * steps.share_before + 0.5)
            as exact_points,
        floor(subject_days.exact_points * steps.previous_share + 0.5)
        - floor(subject_days.exact_points * steps.previous_share_before + 0.5)
            as previous_exact_points,
        subject_days.event_count * steps.entering as event_count,
        subject_days.active_days * steps.entering as active_days
    from subject_days
    inner join {{ ref('int_product_signals__window_steps') }} as steps
        on subject_days.weight_set = steps.weight_set

),

{# Features of the catalogue that a user uses in the profile's period, key
   features in the adoption window, and those the user's account may use. #}
feature_days as (

    select
        activity.user_id,
        activity.feature,
        activity.event_date,
        {{ product_signals.days_beside(
            'activity.user_id, activity.feature'
        ) }}
    from {{ ref('int_product_signals__daily_activity') }} as activity
    {{ product_signals.join_restated(
        partial, 'user', 'activity.user_id'
    ) }}
    where
        activity.feature is not null
        and {{ product_signals.is_restated(
            partial,
            'activity.event_date',
            var('adoption_window_days'),
            periods=1
        ) }}

),

key_days as (

    select feature_days.*
    from feature_days
    inner join {{ ref('stg_product_signals__features') }} as features
        on feature_days.feature = features.feature
    where features.is_key

),

adopted_periods as (

    {{ product_signals.presence(
        'key_days', 'user_id, feature', var('adoption_window_days')
    ) }}

),

entitled_periods as (

    select * from {{ ref('int_product_signals__user_entitlements') }}

),

entitled_use as (

    {{ product_signals.entitled_use(
        'adopted_periods', 'entitled_periods', 'user_id'
    ) }}

),

feature_changes as (

    {{ product_signals.features_in_use('user_id', feature_columns) }}

    union all

    {% for column, periods in {
        'key_features_used': 'entitled_use',
        'key_features': 'entitled_periods',
    }.items() %}
    {% for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        profiles.profile,
        {{ periods }}.user_id,
        {{ periods }}.{{ day }} as changed_on,
        {{- product_signals.amounts(
            feature_columns, {column: sign ~ '1'}
        ) }}
    from {{ periods }}
    cross join profiles
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

user_features as (

    select
        changes.profile,
        changes.user_id,
        greatest(changes.changed_on, {{ first_day }}) as changed_on,
        sum(changes.features_used) as features_used,
        sum(changes.key_features_used) as key_features_used,
        sum(changes.key_features) as key_features
    from feature_changes as changes
    cross join scope
    {{ product_signals.join_restated(
        partial, 'user', 'changes.user_id'
    ) }}
    where changes.changed_on <= scope.as_of_date
    group by
        changes.profile,
        changes.user_id,
        greatest(changes.changed_on, {{ first_day }})

),

changes as (

    select
        profile,
        user_id,
        account_id,
        is_user,
        changed_on,
        last_active_at,
        {{- product_signals.amounts(columns, {
            'exact_points': 'exact_points',
            'previous_exact_points': 'previous_exact_points',
            'event_count': 'event_count',
            'active_days': 'active_days',
        }) }}
    from earned

    union all

    select
        user_features.profile,
        subjects.user_id,
        subjects.account_id,
        subjects.is_user,
        user_features.changed_on,
        null as last_active_at,
        {{- product_signals.amounts(columns, {
            'features_used': 'user_features.features_used',
            'key_features_used': 'user_features.key_features_used',
            'key_features': 'user_features.key_features',
        }) }}
    from user_features
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on user_features.user_id = subjects.user_id and subjects.is_user

    {% if partial -%}
    union all

    {# When somebody was last active can lie before what is read here. #}
    select
        profiles.profile,
        user_days.user_id,
        subjects.account_id,
        subjects.is_user,
        restated.first_day as changed_on,
        max(user_days.last_active_at) as last_active_at,
        {{- product_signals.amounts(columns, {}) }}
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on
            user_days.user_id = subjects.user_id
            and (
                subjects.is_user
                or user_days.account_id = subjects.account_id
            )
    inner join profiles
        on user_days.weight_set = profiles.weight_set
    {{ product_signals.join_restated(
        partial, 'user', 'user_days.user_id'
    ) }}
    where user_days.event_date < restated.first_day
    group by
        profiles.profile,
        user_days.user_id,
        subjects.account_id,
        subjects.is_user,
        restated.first_day

    {% endif -%}
    {# Nothing enters or leaves here, but a total must not stand across the
       day on which a subject changes its profile or account, nor across the
       day on which the prior window sees that change. #}
    {% for bound in [
        'valid_from',
        'valid_to',
        'valid_from + profiles.period_days',
        'valid_to + profiles.period_days',
    ] %}
    union all

    select
        subject_periods.profile,
        subject_periods.user_id,
        subject_periods.account_id,
        subject_periods.is_user,
        subject_periods.{{ bound }} as changed_on,
        null as last_active_at,
        {{- product_signals.amounts(columns, {}) }}
    from subject_periods
    inner join profiles
        on subject_periods.profile = profiles.profile
    where subject_periods.{{ bound.split(' ')[0] }} < {{
        product_signals.last_day() }}
    {% endfor %}

),

daily_changes as (

    {# Counts as doubles, which add up exactly and much faster. #}
    select
        changes.profile,
        changes.user_id,
        changes.account_id,
        changes.is_user,
        greatest(changes.changed_on, {{ first_day }}) as changed_on,
        max(changes.last_active_at) as last_active_at,
        {%- for column in columns %}
        cast(sum(changes.{{ column }}) as double precision)
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    cross join scope
    {{ product_signals.join_restated(partial, 'user', 'changes.user_id') }}
    where changes.changed_on <= scope.as_of_date
    group by
        changes.profile,
        changes.user_id,
        changes.account_id,
        changes.is_user,
        greatest(changes.changed_on, {{ first_day }})

),

totals as (

    select
        profile,
        user_id,
        account_id,
        is_user,
        changed_on,
        lead(changed_on) over (
            partition by profile, user_id, account_id, is_user
            order by changed_on
        ) as next_changed_on,
        {%- for column in columns %}
        sum({{ column }}) over (
            partition by profile, user_id, account_id, is_user
            order by changed_on rows unbounded preceding
        ) as {{ column }},
        {%- endfor %}
        max(last_active_at) over (
            partition by profile, user_id, account_id, is_user
            order by changed_on rows unbounded preceding
        ) as last_active_at
    from daily_changes

),

placed as (

    select
        totals.*,
        profiles.period_days,
        current_periods.profile is not null as is_in_profile,
        previous_periods.profile is not null as was_in_profile,
        current_periods.home_account_id,
        current_periods.is_main_profile
    from totals
    inner join profiles
        on totals.profile = profiles.profile
    {%- for name, shift in [
        ('current_periods', ''),
        ('previous_periods', ' - profiles.period_days'),
    ] %}
    left join subject_periods as {{ name }}
        on
            totals.profile = {{ name }}.profile
            and totals.user_id = {{ name }}.user_id
            and coalesce(totals.account_id, '')
            = coalesce({{ name }}.account_id, '')
            and totals.is_user = {{ name }}.is_user
            and totals.changed_on{{ shift }} >= {{ name }}.valid_from
            and totals.changed_on{{ shift }} < {{ name }}.valid_to
    {%- endfor %}
    where
        totals.exact_points > 0
        or totals.previous_exact_points > 0
        or totals.active_days > 0

),

score_windows as (

    select
        placed.profile,
        placed.user_id,
        placed.account_id,
        placed.is_user,
        placed.changed_on + numbers.number as as_of_date,
        placed.home_account_id,
        placed.is_main_profile,
        placed.is_in_profile,
        placed.was_in_profile,
        case when placed.is_in_profile then placed.exact_points end
            as exact_points,
        case when placed.was_in_profile then placed.previous_exact_points end
            as previous_exact_points,
        cast(placed.event_count as bigint) as event_count,
        cast(placed.active_days as integer) as active_days,
        cast(placed.features_used as integer) as features_used,
        cast(placed.key_features_used as integer) as key_features_used,
        cast(placed.key_features as integer) as key_features,
        placed.last_active_at
    from placed
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            < coalesce(placed.next_changed_on, scope.as_of_date + 1)
            - placed.changed_on
    where placed.is_in_profile or placed.was_in_profile

)

select * from score_windows
