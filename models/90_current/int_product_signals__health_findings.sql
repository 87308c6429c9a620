{#
    A row per check of product_signals__data_health that found something: how
    many rows, users or names, and the ten largest by name.
#}

with {% for seed in [
    'event_weights', 'event_catalog', 'bands', 'features', 'score_profiles',
    'activation_checklists', 'health_components',
] -%}
{{ seed }} as (

    {{ product_signals.seed(seed) }}

),

{% endfor -%}
scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{% for input in ['users', 'accounts'] -%}
{{ input }} as (

    select * from {{ ref('stg_product_signals__' ~ input) }}

),

{% endfor -%}
named_days as (

    select
        event_date,
        event_name,
        sum(accepted_rows) as accepted_rows
    from {{ ref('int_product_signals__daily_events') }}
    group by event_date, event_name

),

{# Events of the seen_days, with the account that they count for. #}
recent as (

    select
        daily_events.event_name,
        daily_events.user_id,
        {{ product_signals.event_account('daily_events') }} as account_id,
        sum(daily_events.accepted_rows) as accepted_rows
    from {{ ref('int_product_signals__daily_events') }} as daily_events
    {{ product_signals.join_event_account('daily_events') }}
    cross join scope
    where
        daily_events.event_date > scope.as_of_date - {{ var('seen_days') }}
        and daily_events.event_date <= scope.as_of_date
    group by
        daily_events.event_name,
        daily_events.user_id,
        {{ product_signals.event_account('daily_events') }}

),

event_days as (

    select
        named_days.event_date,
        named_days.event_date - lag(named_days.event_date) over (
            order by named_days.event_date
        ) as gap_days,
        min(named_days.event_date) over () as first_date,
        100.0 * (
            sum(sum(named_days.accepted_rows)) over (
                order by named_days.event_date
            ) - sum(named_days.accepted_rows)
        ) / sum(sum(named_days.accepted_rows)) over () as rate_before
    from named_days
    inner join scope
        on named_days.event_date between scope.history_start
            and scope.as_of_date
    group by named_days.event_date

),

{# The last gap with hardly anything before it. #}
stray_gap as (

    select
        max(event_days.event_date) as ends_on,
        min(event_days.first_date) as begins_on
    from event_days
    inner join bands as gaps
        on gaps.metric = 'gap_days' and gaps.band = 'stray'
    inner join bands as rates
        on rates.metric = 'gap_rate' and rates.band = 'usual'
    where
        event_days.gap_days >= gaps.lower_bound
        and event_days.rate_before < rates.lower_bound

),

{# What each check counts, by name. #}
found as (

    {% for check_name, column, known in [
        ('unmapped_event_rate', 'event_name', 'event_catalog'),
        ('unknown_user_rate', 'user_id', 'users'),
        ('unknown_account_rate', 'account_id', 'accounts'),
    ] %}
    select
        '{{ check_name }}' as check_name,
        recent.{{ column }} as name,
        sum(recent.accepted_rows) as amount
    from recent
    left join {{ known }} as known
        on recent.{{ column }} = known.{{ column }}
    where recent.{{ column }} is not null and known.{{ column }} is null
    group by recent.{{ column }}

    union all

    {% endfor %}
    select
        'rejected_rows' as check_name,
        cast(count(*) as text) || ' ' || reason as name,
        count(*) as amount
    from {{ ref('product_signals__rejected_events') }}
    group by reason

    union all

    {# Two runs at once may both find one conflict. #}
    select distinct
        'conflicting_event_ids' as check_name,
        event_id as name,
        1 as amount
    from {{ ref('int_product_signals__conflicting_events') }}

    union all

    select
        'no_account_rate' as check_name,
        user_id as name,
        sum(accepted_rows) as amount
    from recent
    where account_id is null
    group by user_id

    union all

    {{ product_signals.missing_events() }}

    union all

    {{ product_signals.unmatched_values() }}

    union all

    {{ product_signals.lost_by_inputs() }}

    union all

    {{ product_signals.unknown_in_inputs() }}

    union all

    {{ product_signals.subscription_findings() }}

    union all

    select
        'stray_rows' as check_name,
        daily_events.user_id || ' (' || daily_events.event_name || ')' as name,
        sum(daily_events.accepted_rows) as amount
    from {{ ref('int_product_signals__daily_events') }} as daily_events
    inner join stray_gap
        on
            daily_events.event_date >= stray_gap.begins_on
            and daily_events.event_date < stray_gap.ends_on
    group by daily_events.user_id, daily_events.event_name

    union all

    select
        'future_events' as check_name,
        event_name as name,
        sum(accepted_rows) as amount
    from named_days
    where event_date > cast('{{ product_signals.run_date() }}' as date)
    group by event_name

    union all

    select
        'cancelled_accounts_in_use' as check_name,
        accounts.account_id as name,
        1 as amount
    from {{ ref('int_product_signals__daily_activity') }} as daily_activity
    inner join accounts
        on
            daily_activity.account_id = accounts.account_id
            and daily_activity.event_date > accounts.cancelled_on
    group by accounts.account_id

    union all

    select
        'future_created_at' as check_name,
        entities.entity || ' ' || entities.entity_id as name,
        1 as amount
    from {{ ref('int_product_signals__entities') }} as entities
    inner join scope
        on entities.begins_on > scope.as_of_date
    where entities.first_seen_on <= scope.as_of_date

    union all

    {# Names that differ only in spaces, hyphens, underscores and capitals. #}
    select
        'alike_event_names' as check_name,
        {{ dbt.listagg(
            measure='event_name',
            delimiter_text="' = '",
            order_by_clause='order by event_name'
        ) }} as name,
        1 as amount
    from (
        select event_name from named_days
        union distinct
        select event_name from event_catalog
        union distinct
        select event_name from event_weights
    ) as event_names
    group by lower(
        replace(replace(replace(event_name, ' ', ''), '_', ''), '-', '')
    )
    having count(*) > 1

    union all

    {{ product_signals.crm_findings({'account': 'accounts', 'user': 'users'}) }}

),

named as (

    select
        check_name,
        {{ dbt.listagg(
            measure='case when place <= 10 then name end',
            delimiter_text="', '",
            order_by_clause='order by place'
        ) }}
        || case
            when max(place) > 10
                then ' and ' || cast(max(place) - 10 as text) || ' more'
            else ''
        end as names,
        sum(amount) as amount
    from (
        select
            *,
            row_number() over (
                partition by check_name order by amount desc, name
            ) as place
        from found
    ) as ranked
    group by check_name

)

select
    named.check_name,
    named.amount,
    case
        when named.check_name = 'stray_rows'
            then 'history begins on ' || cast(stray_gap.begins_on as text)
                || ', with little before a gap that ends on '
                || cast(stray_gap.ends_on as text) || ': ' || named.names
                || '; set the variable history_start to '
                || cast(stray_gap.ends_on as text) || ', or correct occurred_at'
        else named.names
    end as names
from named
cross join stray_gap
