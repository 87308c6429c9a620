{#
    How far the figures can be trusted: what was received and what became of
    it, what is unknown, late or stale. Which value is a warning is a band of
    the bands seed.
#}
{{ product_signals.public() }}
{% set today = product_signals.run_date() %}
{% set run = product_signals.this_run() %}
{% set has_loaded_at = product_signals.has_column('events', 'loaded_at') %}
{% set named = 'coalesce(named.amount, 0)' %}
{# Inputs whose rows name accounts; those that are off say nothing. #}
{% set inputs = ['users', 'accounts'] %}
{% set coverage = [] %}
{% for input in [
    'users', 'memberships', 'account_history', 'usage_limits', 'surveys',
] if var(input ~ '_model') %}
{% do inputs.append(input) if input not in inputs %}
{% do coverage.append(
    ('unknown_in_' ~ input ~ '_rate', named, input ~ '_rows', 'names')
) %}
{% endfor %}

with event_weights as (

    {{ product_signals.seed('event_weights') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

bands as (

    {{ product_signals.seed('bands') }}

),

users as (

    select * from {{ ref('stg_product_signals__users') }}

),

accounts as (

    select * from {{ ref('stg_product_signals__accounts') }}

),

daily_events as (

    select * from {{ ref('int_product_signals__daily_events') }}

),

event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

{# -- Events, with the account they count for -- #}

used as (

    select
        daily_events.event_name,
        daily_events.user_id,
        coalesce(
            daily_events.account_id, memberships.account_id, users.account_id
        ) as account_id,
        sum(daily_events.accepted_rows) as accepted_rows,
        sum(daily_events.received_rows) as received_rows,
        sum(daily_events.late_rows) as late_rows,
        max(
            case
                when daily_events.event_date <= cast('{{ today }}' as date)
                    then daily_events.event_date
            end
        ) as last_event_date
    from daily_events
    left join users
        on daily_events.user_id = users.user_id
    left join {{ ref('stg_product_signals__memberships') }} as memberships
        on
            daily_events.user_id = memberships.user_id
            and daily_events.event_date >= memberships.valid_from
            and daily_events.event_date < memberships.valid_to
    group by
        daily_events.event_name,
        daily_events.user_id,
        coalesce(
            daily_events.account_id, memberships.account_id, users.account_id
        )

),

accepted as (

    select
        coalesce(sum(accepted_rows), 0) as accepted_rows,
        coalesce(sum(received_rows - accepted_rows), 0) as duplicate_rows,
        coalesce(sum(late_rows), 0) as late_rows,
        max(last_event_date) as last_event_date
    from used

),

received as (

    select count(*) as received_rows
    from {{ ref('stg_product_signals__events') }}

),

rejected as (

    select count(*) as rejected_rows
    from {{ ref('product_signals__rejected_events') }}

),

conflicts as (

    {# Two runs at once may both have found one. #}
    select count(distinct event_id) as conflicting_event_ids
    from {{ ref('int_product_signals__conflicting_events') }}

),

{# -- Days before a gap that hardly anything happened on -- #}

event_days as (

    select
        daily_events.event_date,
        sum(daily_events.accepted_rows) as event_rows
    from daily_events
    inner join scope
        on daily_events.event_date between scope.history_start
            and scope.as_of_date
    group by daily_events.event_date

),

days_before as (

    select
        event_date,
        event_date - lag(event_date) over (order by event_date) as gap_days,
        100.0 * (sum(event_rows) over (order by event_date) - event_rows)
        / sum(event_rows) over () as rate_before
    from event_days

),

stray_gap as (

    select
        max(days_before.event_date) as ends_on,
        cast(max(days_before.event_date) as text) as end_text,
        cast(
            (select min(event_days.event_date) from event_days) as text
        ) as first_text
    from days_before
    inner join bands as gaps
        on gaps.metric = 'gap_days' and gaps.band = 'stray'
    inner join bands as rates
        on rates.metric = 'gap_rate' and rates.band = 'usual'
    where
        days_before.gap_days >= gaps.lower_bound
        and days_before.rate_before < rates.lower_bound

),

{# -- Names of one thing -- #}

event_names as (

    select
        event_name,
        lower(
            replace(replace(replace(event_name, ' ', ''), '_', ''), '-', '')
        ) as spelling
    from (
        select event_name from used
        union distinct
        select event_name from event_catalog
        union distinct
        select event_name from event_weights
    ) as every_name

),

spellings as (

    select
        spelling,
        {{ dbt.listagg(
            measure='event_name',
            delimiter_text="' = '",
            order_by_clause='order by event_name'
        ) }} as names
    from event_names
    group by spelling
    having count(*) > 1

),

{# -- What each check names: rows, or whatever else it counts, by name -- #}

found as (

    select
        'unmapped_event_rate' as check_name,
        used.event_name as name,
        sum(used.accepted_rows) as amount
    from used
    left join event_catalog
        on used.event_name = event_catalog.event_name
    where event_catalog.event_name is null
    group by used.event_name

    union all

    select
        'unknown_user_rate' as check_name,
        used.user_id as name,
        sum(used.accepted_rows) as amount
    from used
    left join users
        on used.user_id = users.user_id
    where users.user_id is null
    group by used.user_id

    union all

    select
        'unknown_account_rate' as check_name,
        used.account_id as name,
        sum(used.accepted_rows) as amount
    from used
    left join accounts
        on used.account_id = accounts.account_id
    where used.account_id is not null and accounts.account_id is null
    group by used.account_id

    union all

    select
        'no_account_rate' as check_name,
        user_id as name,
        sum(accepted_rows) as amount
    from used
    where account_id is null
    group by user_id

    union all

    select
        'unseen_events' as check_name,
        weights.event_name as name,
        1 as amount
    from (
        select distinct event_name
        from event_weights
        where weight > 0
    ) as weights
    cross join scope
    inner join bands
        on bands.metric = 'unseen_days' and bands.band = 'unseen'
    left join daily_events
        on
            weights.event_name = daily_events.event_name
            and daily_events.event_date
            > scope.as_of_date - cast(bands.lower_bound as integer)
            and daily_events.event_date <= scope.as_of_date
    group by weights.event_name
    having count(daily_events.event_name) = 0

    union all

    {% for input in inputs if input != 'accounts' %}
    {% set name -%}
    {%- if input == 'memberships' -%}
    case
            when users.user_id is null
                then coalesce(given.user_id, 'no user')
            else coalesce(given.account_id, 'no account')
        end
    {%- else -%}
    coalesce(given.account_id, 'no account')
    {%- endif -%}
    {%- endset %}
    select
        'unknown_in_{{ input }}_rate' as check_name,
        {{ name }} as name,
        count(*) as amount
    from {{ ref('stg_product_signals__' ~ input) }} as given
    left join accounts
        on given.account_id = accounts.account_id
    {% if input == 'memberships' -%}
    left join users
        on given.user_id = users.user_id
    {% endif -%}
    where
        accounts.account_id is null
        {% if input == 'memberships' -%}
        or users.user_id is null
        {%- elif input == 'users' -%}
        {# Users may have no account. #}
        and given.account_id is not null
        {%- endif %}
    group by {{ name }}

    union all

    {% endfor %}
    select
        'stray_rows' as check_name,
        daily_events.user_id || ' (' || daily_events.event_name || ')' as name,
        sum(daily_events.accepted_rows) as amount
    from daily_events
    cross join scope
    inner join stray_gap
        on
            daily_events.event_date >= scope.history_start
            and daily_events.event_date < stray_gap.ends_on
    group by daily_events.user_id, daily_events.event_name

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
        'alike_event_names' as check_name,
        names as name,
        1 as amount
    from spellings

),

ranked as (

    select
        check_name,
        name,
        amount,
        row_number() over (
            partition by check_name order by amount desc, name
        ) as place,
        count(*) over (partition by check_name) as places
    from found

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
            when max(places) > 10
                then ' and ' || cast(max(places) - 10 as text) || ' more'
            else ''
        end as names,
        sum(amount) as amount
    from ranked
    group by check_name

),

configuration as (

    select
        count(*) as warnings,
        {{ dbt.listagg(
            measure="source || ', row ' || row_name || ': ' || column_name"
            ~ " || ' ' || value || ' ' || problem",
            delimiter_text="'; '",
            order_by_clause='order by source, row_name, column_name, problem,'
            ~ ' value'
        ) }} as problems
    from {{ ref('int_product_signals__gate') }}
    where severity = 'warning'

),

{# By how much this run seems to have begun before the last one did. #}
clocks as (

    select coalesce(greatest(max({{ dbt.datediff(
        'this_run.started_at', 'last_run.started_at', 'minute'
    ) }}), 0), 0) as minutes_behind
    from {{ ref('int_product_signals__runs') }} as this_run
    inner join {{ ref('int_product_signals__runs') }} as last_run
        on last_run.run_number = this_run.run_number - 1
    where this_run.run_id = '{{ run["run_id"] }}'

),

totals as (

    select
        accepted.*,
        received.received_rows,
        rejected.rejected_rows,
        accepted.accepted_rows + accepted.duplicate_rows
        + rejected.rejected_rows as settled_rows,
        conflicts.conflicting_event_ids,
        stray_gap.first_text,
        stray_gap.end_text,
        configuration.warnings,
        configuration.problems,
        clocks.minutes_behind,
        {%- for input in inputs %}
        (
            select count(*) from {{ ref('stg_product_signals__' ~ input) }}
        ) as {{ input }}_rows,
        {%- endfor %}
        (select count(*) from event_names) as name_rows
    from accepted
    cross join received
    cross join rejected
    cross join conflicts
    cross join stray_gap
    cross join configuration
    cross join clocks

),

{# What is counted, of how many, and what there is to say: none looked at is
   neither good nor bad. A detail of named is its names, with words around. #}
checks as (

    {% for name, amount, whole, detail in [
        ('received_rows', 'received_rows', '1',
            "case when received_rows < settled_rows then 'does not add up'"
            ~ " when received_rows = 0 then 'no event came' end"),
        ('accepted_rows', 'accepted_rows', 'received_rows',
            "case when received_rows > 0 and accepted_rows = 0"
            ~ " then 'no event was accepted' end"),
        ('duplicate_rows', 'duplicate_rows', 'received_rows', 'null'),
        ('rejected_rows', 'rejected_rows', 'received_rows',
            "case when rejected_rows > 0"
            ~ " then 'see product_signals__rejected_events' end"),
        ('waiting_rows', 'greatest(received_rows - settled_rows, 0)',
            'received_rows',
            "case when received_rows > settled_rows"
            ~ " then 'run dbt with --full-refresh to count them' end"),
        ('conflicting_event_ids', 'conflicting_event_ids', 'accepted_rows',
            'null'),
        ('unmapped_event_rate', named, 'accepted_rows', 'names'),
        ('unknown_user_rate', named, 'accepted_rows', 'names'),
        ('unknown_account_rate', named, 'accepted_rows', 'names'),
        ('late_rate', 'late_rows',
            'accepted_rows' if has_loaded_at else '0',
            'null' if has_loaded_at else "'the events have no loaded_at'"),
        ('freshness_days',
            "cast('" ~ today ~ "' as date) - last_event_date", '1',
            "coalesce('the last event is of '"
            ~ " || cast(last_event_date as text), 'no event came')"),
        ('unseen_events', named, '1', 'names'),
        ('configuration_warnings', 'warnings', '1', 'problems'),
        ('user_rows', 'users_rows', '1',
            "case when users_rows = 0 then 'no user came' end"),
        ('account_rows', 'accounts_rows', '1',
            "case when accounts_rows = 0 then 'no account came' end"),
        ('no_account_rate', named, 'accepted_rows',
            "'events that count for no account, of users ' || names"),
        ('stray_rows', named, 'accepted_rows',
            "'history begins on ' || first_text || ', with little before a gap"
            ~ " that ends on ' || end_text || ': ' || names || '; set the"
            ~ " variable history_start to ' || end_text || ', or correct"
            ~ " occurred_at'"),
        ('cancelled_accounts_in_use', named, 'accounts_rows',
            "'used after cancelled_at: ' || names || '; an account that came"
            ~ " back needs a cancelled_at that is empty or to come, whatever"
            ~ " account_history says'"),
        ('alike_event_names', named, 'name_rows',
            "names || '; if they are one event, give it one name in "
            ~ var('events_model') ~ "'"),
        ('clock_minutes', 'minutes_behind', '1',
            "case when minutes_behind > 0 then 'by its clock, this run began"
            ~ " before the last one: one of the two clocks is wrong' end"),
    ] + coverage %}
    select
        '{{ name }}' as check_name,
        {{ amount }} as amount,
        {{ whole }} as whole,
        cast({{ detail }} as text) as detail
    from totals
    {%- if amount == named %}
    left join named
        on named.check_name = '{{ name }}'
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

measured as (

    select
        check_name,
        {# Nothing was looked at. #}
        whole = 0 or amount is null as is_unknown,
        case
            when check_name like '%rate'
                then 100.0 * amount / nullif(whole, 0)
            else amount
        end as value,
        coalesce(
            detail, case when whole = 0 then 'nothing to look at' end
        ) as detail
    from checks

)

select
    measured.check_name,
    case
        when
            measured.detail in (
                'does not add up',
                'no event came',
                'no event was accepted',
                'no user came',
                'no account came'
            )
            then 'error'
        when measured.is_unknown then 'unknown'
        when measured.value >= bands.lower_bound then 'warn'
        else 'ok'
    end as status,
    cast(measured.value as numeric(28, 6)) as value,
    bands.lower_bound as threshold,
    measured.detail
from measured
left join bands
    on measured.check_name = bands.metric and bands.band = 'warn'

union all

select
    check_name,
    'warn' as status,
    cast(unread_rows as numeric(28, 6)) as value,
    cast(1 as double precision) as threshold,
    model_name || case
        when example is null
            then ': rows left out for want of ' || column_name || ', of '
                || cast(received_rows as text)
        else ', column ' || column_name || ': is null where it can''t be read,'
            || ' such as "' || example || '"'
    end as detail
from {{ ref('int_product_signals__unreadable_values') }}

union all

select
    'rebuilt_days' as check_name,
    'ok' as status,
    cast(
        as_of_date - greatest(rebuild_from, history_start) + 1 as numeric(28, 6)
    ) as value,
    cast(null as double precision) as threshold,
    'from ' || cast(greatest(rebuild_from, history_start) as text) || ' on: '
    || rebuild_reason as detail
from scope
