{#
    How far the figures can be trusted: what was received and what became of
    it, what is unknown, late or stale. Which value is a warning is a band of
    the bands seed.
#}
{{ config(access='public') }}
{% set today = product_signals.run_date() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

bands as (

    select * from {{ ref('stg_product_signals__bands') }}

),

received as (

    select count(*) as received_rows
    from {{ ref('stg_product_signals__events') }}

),

rejected as (

    select count(*) as rejected_rows
    from {{ ref('product_signals__rejected_events') }}

),

accepted as (

    select
        coalesce(sum(daily_events.accepted_rows), 0) as accepted_rows,
        coalesce(
            sum(daily_events.received_rows - daily_events.accepted_rows), 0
        ) as duplicate_rows,
        coalesce(sum(daily_events.late_rows), 0) as late_rows,
        coalesce(sum(
            case
                when event_catalog.event_name is null
                    then daily_events.accepted_rows
            end
        ), 0) as unmapped_rows,
        coalesce(sum(
            case when users.user_id is null then daily_events.accepted_rows end
        ), 0) as unknown_user_rows,
        coalesce(sum(
            case
                when
                    daily_events.account_id is not null
                    and accounts.account_id is null
                    then daily_events.accepted_rows
            end
        ), 0) as unknown_account_rows,
        max(
            case
                when daily_events.event_date <= cast('{{ today }}' as date)
                    then daily_events.event_date
            end
        ) as last_event_date
    from {{ ref('int_product_signals__daily_events') }} as daily_events
    left join {{ ref('stg_product_signals__event_catalog') }} as event_catalog
        on daily_events.event_name = event_catalog.event_name
    left join {{ ref('stg_product_signals__users') }} as users
        on daily_events.user_id = users.user_id
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on daily_events.account_id = accounts.account_id

),

conflicts as (

    {# Two runs at once may both have found one. #}
    select count(distinct event_id) as conflicting_event_ids
    from {{ ref('int_product_signals__conflicting_events') }}

),

unseen_events as (

    select
        count(*) as unseen_events,
        {{ dbt.listagg(
            measure='event_name',
            delimiter_text="', '",
            order_by_clause='order by event_name'
        ) }} as event_names
    from (
        select weights.event_name
        from (
            select distinct event_name
            from {{ ref('stg_product_signals__event_weights') }}
            where weight > 0
        ) as weights
        cross join scope
        inner join bands
            on bands.metric = 'unseen_days' and bands.band = 'unseen'
        left join {{ ref('int_product_signals__daily_events') }} as daily_events
            on
                weights.event_name = daily_events.event_name
                and daily_events.event_date
                > scope.as_of_date - cast(bands.lower_bound as integer)
                and daily_events.event_date <= scope.as_of_date
        group by weights.event_name
        having count(daily_events.event_name) = 0
    ) as unseen

),

unmapped_events as (

    select {{ dbt.listagg(
        measure='event_name',
        delimiter_text="', '",
        order_by_clause='order by event_rows desc, event_name'
    ) }} as event_names
    from (
        select
            daily_events.event_name,
            sum(daily_events.accepted_rows) as event_rows,
            row_number() over (
                order by
                    sum(daily_events.accepted_rows) desc,
                    daily_events.event_name
            ) as place
        from {{ ref('int_product_signals__daily_events') }} as daily_events
        left join {{ ref('stg_product_signals__event_catalog') }}
            as event_catalog
            on daily_events.event_name = event_catalog.event_name
        where event_catalog.event_name is null
        group by daily_events.event_name
    ) as unmapped
    where place <= 10

),

configuration as (

    select
        count(*) as warnings,
        {{ dbt.listagg(
            measure="source || ', row ' || row_name || ': ' || column_name"
            ~ " || ' ' || value || ' ' || problem",
            delimiter_text="'; '",
            order_by_clause='order by source, row_name, column_name'
        ) }} as problems
    from {{ ref('int_product_signals__gate') }}
    where severity = 'warning'

),

checks as (

    {% for name, value, detail in [
        ('received_rows', 'received.received_rows',
            "case when received.received_rows < accepted.accepted_rows"
            ~ " + accepted.duplicate_rows + rejected.rejected_rows"
            ~ " then 'does not add up'"
            ~ " when received.received_rows = 0 then 'no event came' end"),
        ('accepted_rows', 'accepted.accepted_rows', 'null'),
        ('duplicate_rows', 'accepted.duplicate_rows', 'null'),
        ('rejected_rows', 'rejected.rejected_rows',
            "case when rejected.rejected_rows > 0 then"
            ~ " 'see product_signals__rejected_events' end"),
        ('waiting_rows',
            'greatest(received.received_rows - accepted.accepted_rows'
            ~ ' - accepted.duplicate_rows - rejected.rejected_rows, 0)',
            "case when received.received_rows > accepted.accepted_rows"
            ~ " + accepted.duplicate_rows + rejected.rejected_rows"
            ~ " then 'run dbt with --full-refresh to count them' end"),
        ('conflicting_event_ids', 'conflicts.conflicting_event_ids', 'null'),
        ('unmapped_event_rate',
            '100.0 * accepted.unmapped_rows'
            ~ ' / nullif(accepted.accepted_rows, 0)',
            'unmapped_events.event_names'),
        ('unknown_user_rate',
            '100.0 * accepted.unknown_user_rows'
            ~ ' / nullif(accepted.accepted_rows, 0)', 'null'),
        ('unknown_account_rate',
            '100.0 * accepted.unknown_account_rows'
            ~ ' / nullif(accepted.accepted_rows, 0)', 'null'),
        ('late_rate',
            '100.0 * accepted.late_rows / nullif(accepted.accepted_rows, 0)',
            'null'),
        ('freshness_days',
            "cast('" ~ today ~ "' as date) - accepted.last_event_date",
            "coalesce('the last event is of '"
            ~ " || cast(accepted.last_event_date as text), 'no event came')"
        ),
        ('unseen_events', 'unseen_events.unseen_events',
            'unseen_events.event_names'),
        ('configuration_warnings', 'configuration.warnings',
            'configuration.problems'),
    ] %}
    select
        {{ loop.index }} as check_number,
        '{{ name }}' as check_name,
        {{ value }} as value,
        cast({{ detail }} as text) as detail
    from received
    cross join rejected
    cross join accepted
    cross join conflicts
    cross join unseen_events
    cross join unmapped_events
    cross join configuration
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

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
    checks.check_name,
    case
        when checks.detail in ('does not add up', 'no event came')
            then 'error'
        when checks.value >= bands.lower_bound then 'warn'
        else 'ok'
    end as status,
    cast(checks.value as numeric(28, 6)) as value,
    bands.lower_bound as threshold,
    checks.detail
from checks
left join bands
    on checks.check_name = bands.metric and bands.band = 'warn'
