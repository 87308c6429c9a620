{#
    Points in the current and prior windows before normalisation, for every
    subject and day with points in either or activity in the current one.

    Windows are running totals of what enters and leaves them
    (int_product_signals__window_steps); each total holds until the next
    change. The length of a window, its decay and the number of profiles are
    therefore data, not SQL.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set since = product_signals.rebuild_from() %}
{% set first_day = since or 'scope.history_start' %}
{% set reach = product_signals.longest_reach() %}
{% set columns = [
    'exact_points',
    'previous_exact_points',
    'event_count',
    'previous_event_count',
    'active_days',
] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

subjects as (

    select * from {{ ref('int_product_signals__score_subjects') }}

),

subject_days as (

    select
        user_days.weight_set,
        subjects.subject_number,
        user_days.event_date,
        sum(user_days.exact_points) as exact_points,
        sum(user_days.event_count) as event_count,
        max(user_days.active_days) as active_days
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join subjects
        on
            user_days.user_id = subjects.user_id
            and (
                subjects.is_user
                or user_days.account_id = subjects.account_id
            )
    where {{ product_signals.in_rebuild(
        'user_days.event_date', reach
    ) }}
    group by
        user_days.weight_set, subjects.subject_number, user_days.event_date

),

{# A user's part in an account has the account's profiles, but a profile that
   filters users goes by the user. #}
profile_subjects as (

    select
        profiles.profile,
        profiles.change_days,
        subjects.subject_number,
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
    from subjects
    cross join profiles

),

subject_periods as (

    select
        profile_subjects.profile,
        profile_subjects.change_days,
        profile_subjects.subject_number,
        periods.account_id as user_account_id,
        periods.is_main as is_main_profile,
        periods.valid_from,
        periods.valid_to
    from profile_subjects
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
        on
            profile_subjects.profile = periods.profile
            and profile_subjects.entity = periods.entity
            and profile_subjects.entity_id = periods.entity_id

),

earned as (

    select
        steps.profile,
        subject_days.subject_number,
        subject_days.event_date + steps.age as changed_on,
        floor(subject_days.exact_points * steps.share + 0.5)
        - floor(subject_days.exact_points * steps.share_before + 0.5)
            as exact_points,
        floor(subject_days.exact_points * steps.previous_share + 0.5)
        - floor(subject_days.exact_points * steps.previous_share_before + 0.5)
            as previous_exact_points,
        subject_days.event_count * steps.entering as event_count,
        subject_days.event_count * steps.previous_entering
            as previous_event_count,
        subject_days.active_days * steps.entering as active_days
    from subject_days
    inner join {{ ref('int_product_signals__window_steps') }} as steps
        on subject_days.weight_set = steps.weight_set

),

changes as (

    select * from earned

    {# Nothing enters or leaves here, but a total must end on the day on which
       a subject changes its profile or account, and on the day on which the
       prior window sees that change. #}
    {% for bound in [
        'valid_from',
        'valid_to',
        'valid_from + change_days',
        'valid_to + change_days',
    ] %}
    union all

    select
        profile,
        subject_number,
        {{ bound }} as changed_on,
        {{- product_signals.amounts(columns, {}) }}
    from subject_periods
    where {{ bound.split(' ')[0] }} < {{ product_signals.last_day() }}
    {% endfor %}

),

{# Changes before the first day here count on that day. Counts are
   doubles, which add up exactly and much faster. #}
daily_changes as (

    select
        changes.profile,
        changes.subject_number,
        greatest(changes.changed_on, {{ first_day }}) as changed_on,
        {%- for column in columns %}
        cast(sum(changes.{{ column }}) as double precision)
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    cross join scope
    where changes.changed_on <= scope.as_of_date
    group by
        changes.profile,
        changes.subject_number,
        greatest(changes.changed_on, {{ first_day }})

),

totals as (

    select
        profile,
        subject_number,
        changed_on,
        lead(changed_on) over (
            partition by profile, subject_number order by changed_on
        ) as next_changed_on,
        {%- for column in columns %}
        sum({{ column }}) over (
            partition by profile, subject_number
            order by changed_on rows unbounded preceding
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from daily_changes

),

placed as (

    select
        totals.*,
        subjects.user_id,
        subjects.account_id,
        subjects.is_user,
        current_periods.profile is not null as is_in_profile,
        previous_periods.profile is not null as was_in_profile,
        current_periods.user_account_id,
        current_periods.is_main_profile
    from totals
    inner join profiles
        on totals.profile = profiles.profile
    inner join subjects
        on totals.subject_number = subjects.subject_number
    {%- for name, shift in [
        ('current_periods', ''),
        ('previous_periods', ' - profiles.change_days'),
    ] %}
    left join subject_periods as {{ name }}
        on
            totals.profile = {{ name }}.profile
            and totals.subject_number = {{ name }}.subject_number
            and totals.changed_on{{ shift }} >= {{ name }}.valid_from
            and totals.changed_on{{ shift }} < {{ name }}.valid_to
    {%- endfor %}
    where
        totals.exact_points > 0
        or totals.previous_exact_points > 0
        or totals.active_days > 0

),

user_windows as (

    select
        placed.profile,
        placed.user_id,
        placed.account_id,
        placed.is_user,
        placed.changed_on + numbers.number as as_of_date,
        placed.user_account_id,
        placed.is_main_profile,
        placed.is_in_profile,
        placed.was_in_profile,
        case when placed.is_in_profile then placed.exact_points end
            as exact_points,
        case when placed.was_in_profile then placed.previous_exact_points end
            as previous_exact_points,
        cast(placed.event_count as bigint) as event_count,
        cast(placed.previous_event_count as bigint) as previous_event_count,
        cast(placed.active_days as integer) as active_days
    from placed
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            < coalesce(placed.next_changed_on, scope.as_of_date + 1)
            - placed.changed_on
    where placed.is_in_profile or placed.was_in_profile

)

select * from user_windows
