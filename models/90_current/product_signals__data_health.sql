{#
    How far the figures can be trusted: what was received, what became of it,
    what is unknown, late or stale. The bands seed says when to warn.
#}
{{ product_signals.public() }}
{% set today = product_signals.run_date() %}
{% set run = product_signals.this_run() %}
{% set has_loaded_at = product_signals.has_column('events', 'loaded_at') %}
{% set named = 'coalesce(named.amount, 0)' %}
{% set inputs = ['accounts'] + product_signals.account_inputs() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

bands as (

    {{ product_signals.seed('bands') }}

),

accepted as (

    select
        coalesce(sum(accepted_rows), 0) as accepted_rows,
        coalesce(sum(received_rows - accepted_rows), 0) as duplicate_rows,
        max(
            case
                when event_date <= cast('{{ today }}' as date) then event_date
            end
        ) as last_event_date
    from {{ ref('int_product_signals__daily_events') }}

),

{# A break of today shows within days, and one that is mended doesn't stay. #}
recent as (

    select
        coalesce(sum(daily_events.accepted_rows), 0) as recent_rows,
        coalesce(sum(daily_events.late_rows), 0) as late_rows
    from {{ ref('int_product_signals__daily_events') }} as daily_events
    cross join scope
    where
        daily_events.event_date > scope.as_of_date - {{ var('seen_days') }}
        and daily_events.event_date <= scope.as_of_date

),

{% for name, model in [
    ('received', 'stg_product_signals__events'),
    ('rejected', 'product_signals__rejected_events'),
] -%}
{{ name }} as (

    select count(*) as {{ name }}_rows from {{ ref(model) }}

),

{% endfor -%}

named as (

    select * from {{ ref('int_product_signals__health_findings') }}

),

configuration as (

    select
        count(*) as warnings,
        {{ dbt.listagg(
            measure="source || ', row ' || row_name || ': ' || column_name"
            ~ " || coalesce(' ' || nullif(value, ''), '') || ' ' || problem",
            delimiter_text="'; '",
            order_by_clause='order by source, row_name, column_name, problem,'
            ~ ' value'
        ) }} as problems
    from {{ ref('int_product_signals__gate') }}
    where severity = 'warning'

),

{# Minutes by which this run seems to have begun before the last. #}
clocks as (

    select coalesce(greatest(max({{ dbt.datediff(
        'this_run.started_at', 'last_run.started_at', 'minute'
    ) }}), 0), 0) as minutes_behind
    from {{ ref('int_product_signals__runs') }} as this_run
    inner join {{ ref('int_product_signals__runs') }} as last_run
        on last_run.run_number = this_run.run_number - 1
    where this_run.run_id = '{{ run["run_id"] }}'

),

{% for input in inputs -%}
given_{{ input }} as (

    select given.* from {{ product_signals.rows_of(input) }} as given

),

{% endfor -%}
totals as (

    select
        accepted.*,
        recent.*,
        received.received_rows,
        accepted.accepted_rows + accepted.duplicate_rows
        + rejected.rejected_rows as settled_rows,
        configuration.warnings,
        configuration.problems,
        {%- for input in inputs %}
        (
            select count(*) from given_{{ input }}
        ) as {{ input }}_rows,
        {%- endfor %}
        {# Rows of days to come don't say that rows still come. #}
        {%- for input, day in product_signals.dated_inputs().items() %}
        (
            select max({{ day }}) from given_{{ input }}
            where {{ day }} <= cast('{{ today }}' as date)
        ) as {{ input }}_last_on,
        {%- endfor %}
        scope.as_of_date,
        clocks.minutes_behind
    from accepted
    cross join scope
    cross join recent
    cross join received
    cross join rejected
    cross join configuration
    cross join clocks

),

{# The amount, its whole, and the detail. A check with nothing to look
   at is unknown. The detail of named is its names, with words around. #}
checks as (

    {% for name, amount, whole, detail in [
        ('received_rows', 'received_rows', '1',
            "case when received_rows = 0 then 'no event came'"
            ~ " when received_rows < settled_rows then 'does not add up: ' ||"
            ~ " cast(settled_rows - received_rows as text) || ' counted rows"
            ~ " are not in " ~ var('events_model') ~ ": see rebuild_from' end"),
        ('accepted_rows', 'accepted_rows', 'received_rows',
            "case when received_rows > 0 and accepted_rows = 0"
            ~ " then 'no event was accepted' end"),
        ('duplicate_rows', 'duplicate_rows', 'received_rows', 'null'),
        ('rejected_rows', named, 'received_rows',
            "'see product_signals__rejected_events: ' || names"),
        ('waiting_rows', 'greatest(received_rows - settled_rows, 0)',
            'received_rows',
            "case when received_rows > settled_rows"
            ~ " then 'run dbt with --full-refresh to count them' end"),
        ('conflicting_event_ids', named, 'accepted_rows',
            "'several events have one event_id, and all count: ' || names"),
        ('unmapped_event_rate', named, 'recent_rows', 'names'),
        ('unknown_user_rate', named, 'recent_rows', 'names'),
        ('unknown_account_rate', named, 'recent_rows', 'names'),
        ('late_rate', 'late_rows',
            'recent_rows' if has_loaded_at else '0',
            'null' if has_loaded_at else "'the events have no loaded_at'"),
        ('freshness_days',
            "cast('" ~ today ~ "' as date) - last_event_date", '1',
            product_signals.freshness_detail()),
        ('future_events', named, '1',
            "'they count once their day has come: ' || names || '; or correct"
            ~ " occurred_at in " ~ var('events_model') ~ "'"),
        ('unseen_events', named, '1', 'names'),
        ('stopped_events', named, '1',
            "'came regularly, and stopped while others came: ' || names"),
        ('unmatched_values', named, '1', "'nobody has or had it: ' || names"),
        ('emptied_values', named, '1', "'nobody has any more: ' || names"),
        ('configuration_warnings', 'warnings', '1', 'problems'),
        ('user_rows', 'users_rows', '1',
            "case when users_rows = 0 then 'no user came' end"),
        ('account_rows', 'accounts_rows', '1',
            "case when accounts_rows = 0 then 'no account came' end"),
        ('no_account_rate', named, 'recent_rows',
            "'events that count for no account, of users ' || names"),
        ('stray_rows', named, 'accepted_rows', 'names'),
        ('cancelled_accounts_in_use', named, 'accounts_rows',
            "'used after cancelled_at: ' || names || '; an account that came"
            ~ " back needs a cancelled_at that is empty or to come, whatever"
            ~ " account_history says'"),
        ('future_created_at', named, 'users_rows + accounts_rows',
            "'in use, but created_at is yet to come: ' || names || '; until"
            ~ " that day they count as not there: correct it in "
            ~ var('accounts_model') ~ ' or ' ~ var('users_model') ~ "'"),
        ('alike_event_names', named, '1',
            "names || '; if they are one event, give it one name in "
            ~ var('events_model') ~ "'"),
        ('repeated_crm_ids', named, '1', 'names'),
        ('ids_unfit_for_crm', named, '1', 'names'),
        ('clock_minutes', 'minutes_behind', '1',
            "case when minutes_behind > 0 then 'by its clock, this run began"
            ~ " before the last one: one of the two clocks is wrong' end"),
    ] + product_signals.input_checks(named) %}
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
        whole = 0 or amount is null as is_unknown,
        case
            when check_name like '%rate'
                then 100.0 * amount / nullif(whole, 0)
            else amount
        end as value,
        coalesce(detail, case when whole = 0 then 'nothing to look at' end)
            as detail
    from checks

)

select
    measured.check_name,
    case
        when
            measured.detail like 'does not add up: %'
            or measured.detail in (
                'no event came', 'no event was accepted',
                'no user came', 'no account came'
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

union all

{# Always ok: it is no fault if it is too early. #}
select
    'learned_score_readiness' as check_name,
    'ok' as status,
    cast(requirements_met as numeric(28, 6)) as value,
    cast(3 as double precision) as threshold,
    case
        when requirements_met = 3 then 'enough to learn a score from: '
        else 'too little to learn a score from: '
    end || detail as detail
from {{ ref('int_product_signals__learned_score_readiness') }}
