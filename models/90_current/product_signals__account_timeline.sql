{{ product_signals.public() }}
{% set lost_after = product_signals.band_begins('feature_days', 'lost') %}
{% set days_of_life = {
    'begins_on': ('created', 'Signed up'),
    'trial_started_on': ('trial', 'Began a trial'),
    'converted_on': ('converted', 'Became a paying customer'),
    'cancelled_on': ('cancelled', 'Cancelled'),
} %}
{% set attributes = {
    'plan': ('Plan', 'text'),
    'seats': ('Seats', 'number'),
    'mrr': ('MRR', 'number'),
    'csm': ('Owner', 'text'),
} %}
{% set grades = {
    'score_band': ('Score', 'score', ['profile']),
    'health_grade': ('Health', 'health_score', ['mix', 'profile', 'checklist']),
} %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

features as (

    {{ product_signals.seed('features') }}

),

accounts as (

    select * from {{ ref('int_product_signals__entities') }}
    where entity = 'account' and is_known

),

{# Periods in which a user belonged to an account that was there. #}
stays as (

    select
        stays.user_id,
        stays.account_id,
        greatest(
            stays.valid_from, coalesce(accounts.begins_on, stays.valid_from)
        ) as valid_from,
        stays.valid_to
    from ({{ product_signals.known_users() }}) as stays
    inner join accounts
        on stays.account_id = accounts.entity_id
    where coalesce(stays.valid_to > accounts.begins_on, true)

),

{# Who became internal has not left, and does not join again. #}
bounded_stays as (

    select
        stays.*,
        not coalesce(users.is_internal, false) as has_left,
        lag(case
            when users.is_internal then {{ product_signals.last_day() }}
            else stays.valid_to
        end) over (
            partition by stays.user_id, stays.account_id
            order by stays.valid_from
        ) as ended_before,
        lead(stays.valid_from) over (
            partition by stays.user_id, stays.account_id
            order by stays.valid_from
        ) as starts_again
    from stays
    {{ product_signals.users_on('stays', 'valid_to') }}

),

{# Values that nobody knew on the day are not compared. #}
attribute_changes as (

    select
        account_id,
        valid_from
        {%- for column in attributes.keys() | list + ['attributes_as_of'] %},
        {{ column }},
        lag({{ column }}) over (
            partition by account_id order by valid_from
        ) as previous_{{ column }}
        {%- endfor %}
    from {{ ref('int_product_signals__account_attributes') }}

),

account_days as (

    select
        account_id,
        as_of_date
        {%- for column in grades | list + [
            'score', 'health_score', 'mix', 'profile', 'checklist',
        ] %},
        {{ column }},
        lag({{ column }}) over (
            partition by account_id order by as_of_date
        ) as previous_{{ column }}
        {%- endfor %}
    from {{ ref('int_product_signals__account_figures') }}
    where lifecycle_stage <> 'churned'

),

checklists as (

    select
        checklist,
        entity_id as account_id,
        max(met_on) as met_on
    from {{ ref('product_signals__activation_steps') }}
    where entity = 'account'
    group by checklist, entity_id
    having count(*) = count(met_on)

),

signals as (

    select * from {{ ref('product_signals__signals') }}
    where
        not is_suppressed and not is_held_back
        and not (kind = 'event' and severity = 'info')

),

{# {who} is the user. #}
happened as (

    {% for column, (subject, words) in days_of_life.items() %}
    select
        entity_id as account_id,
        {{ column }} as happened_on,
        'account' as kind,
        '{{ subject }}' as subject,
        cast(null as text) as user_id,
        '{{ words }}' as what_happened
    from accounts

    union all

    {% endfor %}
    {% for column, (name, type) in attributes.items() %}
    select
        account_id,
        valid_from as happened_on,
        'plan' as kind,
        '{{ column }}' as subject,
        cast(null as text) as user_id,
        '{{ name }}: '
        || coalesce({{ product_signals.plain_text(
            'previous_' ~ column, type
        ) }}, 'none')
        || ' → '
        || coalesce({{ product_signals.plain_text(column, type) }}, 'none')
            as what_happened
    from attribute_changes
    where
        attributes_as_of = 'day'
        and previous_attributes_as_of = 'day'
        and {{ column }} is distinct from previous_{{ column }}

    union all

    {% endfor %}
    {% for kind, day, condition in [
        ('joined', 'valid_from', 'ended_before < valid_from'),
        ('left', 'valid_to', 'has_left and starts_again > valid_to'),
    ] %}
    select
        account_id,
        {{ day }} as happened_on,
        'person_{{ kind }}' as kind,
        user_id as subject,
        user_id,
        '{who} {{ kind }}' as what_happened
    from bounded_stays
    where coalesce({{ condition }}, true)

    union all

    {% endfor %}
    select
        occurrences.entity_id as account_id,
        occurrences.date_day as happened_on,
        replace(occurrences.metric, 'key_features', 'feature') as kind,
        occurrences.subject_id as subject,
        cast(null as text) as user_id,
        coalesce(features.feature_name, occurrences.subject_id)
        || case occurrences.metric
            when 'key_features_lost' then ' not used for {{ lost_after }} days'
            else ' first used'
        end as what_happened
    from {{ ref('int_product_signals__occurrences') }} as occurrences
    left join features
        on occurrences.subject_id = features.feature
    where occurrences.metric in ('key_features_first_used', 'key_features_lost')

    union all

    select
        entity_id as account_id,
        met_on as happened_on,
        'step_met' as kind,
        checklist || '/' || step as subject,
        top_contributor_id as user_id,
        'Step met: ' || coalesce(step_name, step) as what_happened
    from {{ ref('product_signals__activation_steps') }}
    where entity = 'account'

    union all

    select
        account_id,
        met_on as happened_on,
        'checklist_met' as kind,
        checklist as subject,
        cast(null as text) as user_id,
        'All steps met of the checklist ' || checklist as what_happened
    from checklists

    union all

    {% for column, (name, figure, yardsticks) in grades.items() %}
    select
        account_id,
        as_of_date as happened_on,
        '{{ column }}' as kind,
        {{ column }} as subject,
        cast(null as text) as user_id,
        '{{ name }}: ' || previous_{{ column }} || ' ('
        || {{ product_signals.plain_text('previous_' ~ figure, 'number') }}
        || ') → ' || {{ column }} || ' ('
        || {{ product_signals.plain_text(figure, 'number') }} || ')'
        || {{ product_signals.with_another(yardsticks) }} as what_happened
    from account_days
    where {{ column }} <> previous_{{ column }}

    union all

    {% endfor %}
    {% for kind in ['opened', 'closed'] %}
    select
        account_id,
        {{ kind }}_on as happened_on,
        'signal_{{ kind }}' as kind,
        signal_id as subject,
        case when entity = 'user' then entity_id end as user_id,
        case when entity = 'user' then '{who}: ' else '' end || signal_name
        {%- if kind == 'opened' %}
        || ' (' || severity || '): ' || replace(reason, 'On '
            || {{ product_signals.written_day('opened_on') }} || ': ', '')
            as what_happened
        {%- else %}
        || ' closed after ' || cast(days_open as text)
        || case when days_open = 1 then ' day: ' else ' days: ' end
        || replace(close_reason, '_', ' ') as what_happened
        {%- endif %}
    from signals
    {{ "where kind = 'state'" if kind == 'closed' else 'union all' }}
    {% endfor %}

)

select
    happened.account_id,
    named.account_name,
    happened.happened_on,
    happened.kind,
    happened.subject,
    happened.user_id,
    replace(
        happened.what_happened, '{who}',
        coalesce(users.full_name, users.email, happened.user_id, '')
    ) as what_happened,
    cast(row_number() over (
        partition by happened.account_id
        order by happened.happened_on desc, happened.kind, happened.subject
    ) as integer) as place
from happened
inner join accounts
    on happened.account_id = accounts.entity_id
cross join scope
left join {{ ref('stg_product_signals__accounts') }} as named
    on happened.account_id = named.account_id
left join {{ ref('stg_product_signals__users') }} as users
    on happened.user_id = users.user_id
where
    happened.happened_on <= scope.as_of_date
    {# Who has left loses nothing. #}
    and (happened.kind <> 'feature_lost' or coalesce(
        happened.happened_on < accounts.cancelled_on, true
    ))
