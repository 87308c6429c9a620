{#
    What became of signals, for each of their teams: a row when one that is work
    opens, closes, opens again or changes severity, and when news first happens.
    Rows can't be worked out again, so they stay. A run compares signals with
    the latest row of each key and team. One that late events move is not new.

    delivery   message; base_line if it was so already; silent if it closes
               and needs no message, or was open before its entity was gone
#}
{{ product_signals.incremental_by('keys', ['alert_id']) }}
{% set about = {
    'signal_id': 'text', 'signal': 'text', 'signal_name': 'text',
    'kind': 'text', 'entity': 'text', 'entity_id': 'text',
    'account_id': 'text', 'subject_type': 'text', 'subject_id': 'text',
    'severity': 'text', 'owner': 'text', 'opened_on': 'date',
} %}
{% set completed = product_signals.completed_runs() %}
{% set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') %}

with told as (

    {% if is_incremental() -%}
    select * from {{ this }}
    {%- else -%}
    select
        {%- for column, type in dict(about, **{
            'signal_key': 'text', 'team': 'text', 'change': 'text',
            'changed_on': 'date', 'close_reason': 'text', 'delivery': 'text',
            'alert_number': 'integer', 'detected_on': 'date',
            'detected_at': 'timestamp',
        }).items() %}
        cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endif %}

),

known as (

    select * from (
        select
            *,
            change <> 'closed' as was_open,
            max(case when delivery = 'message' then 1 else 0 end) over (
                partition by signal_key, team
            ) = 1 as was_told,
            row_number() over (
                partition by signal_key, team order by alert_number desc
            ) as place
        from told
    ) as ordered
    where place = 1

),

last_looks as (

    select
        max(detected_on) as last_look,
        max(detected_at) + interval '1 second' as detected_at
    from told

    union all

    select
        {% if completed and is_incremental() -%}
        (select max(as_of_date) from {{ completed }}
        where is_complete and last_event_date is not null)
        {%- else -%}
        cast(null as date)
        {%- endif %} as last_look,
        cast('{{ now }}' as timestamp) as detected_at

),

{# An earlier day changes nothing. A later run has a later time. #}
looks as (

    select
        scope.as_of_date,
        last_looks.last_look,
        last_looks.detected_at
    from {{ ref('int_product_signals__scope') }} as scope
    cross join (
        select max(last_look) as last_look, max(detected_at) as detected_at
        from last_looks
    ) as last_looks
    where
        scope.is_delivered
        and scope.as_of_date >= coalesce(last_looks.last_look, scope.as_of_date)

),

{# told_spell is the one of the latest row, unless that row closed it. Late
   events may have moved it or, if it opened again, left only earlier ones. #}
known_spells as (

    select
        signals.*,
        looks.as_of_date,
        looks.last_look,
        known.severity as told_severity,
        known.signal_key is not null as is_known,
        case
            when known.was_open
                then coalesce(
                    max(
                        case
                            when signals.opened_on <= looks.last_look
                                then signals.spell
                        end
                    ) over (partition by signals.signal_key, signals.team),
                    min(signals.spell) over (
                        partition by signals.signal_key, signals.team
                    )
                )
        end as told_spell
    from {{ ref('int_product_signals__team_signals') }} as signals
    cross join looks
    left join known
        on
            signals.signal_key = known.signal_key
            and signals.team = known.team
    where
        known.change in ('opened', 'closed')
        or coalesce(signals.closed_on >= known.opened_on, true)

),

spells as (

    select
        *,
        is_told and not (is_news and (is_known or spell > 1))
        and case
            when told_spell is not null then spell > told_spell
            else is_open or opened_on > last_look
        end as is_new
    from known_spells

),

differences as (

    select
        signal_key,
        team,
        spell,
        case when is_known or spell > 1 then 'reopened' else 'opened' end
            as change,
        opened_on as changed_on,
        cast(null as text) as close_reason
    from spells
    where is_new

    union all

    select
        signal_key,
        team,
        spell,
        'closed' as change,
        closed_on as changed_on,
        close_reason
    from spells
    where not is_open and (is_new or spell = told_spell)

    union all

    select
        signal_key,
        team,
        spell,
        'severity_changed' as change,
        as_of_date as changed_on,
        cast(null as text) as close_reason
    from spells
    where spell = told_spell and is_open and severity <> told_severity

    union all

    select
        known.signal_key,
        known.team,
        0 as spell,
        'closed' as change,
        looks.as_of_date as changed_on,
        case
            when rules.signal is null then 'switched_off'
            when accounts.account_id is null and known.account_id is not null
                then 'account_removed'
            when users.user_id is null and known.entity = 'user'
                then 'user_removed'
            else 'withdrawn'
        end as close_reason
    from known
    cross join looks
    left join ({{ product_signals.seed('signals') }}) as rules
        on
            known.signal = rules.signal
            and rules.is_enabled
            and {{ product_signals.in_list('known.team', 'rules.teams') }}
    left join spells
        on
            known.signal_key = spells.signal_key
            and known.team = spells.team
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on known.account_id = accounts.account_id
    left join {{ ref('stg_product_signals__users') }} as users
        on known.entity = 'user' and known.entity_id = users.user_id
    where known.was_open and spells.signal_key is null

),

changes as (

    select
        differences.*,
        {%- for column in about %}
        coalesce(spells.{{ column }}, known.{{ column }}) as {{ column }},
        {%- endfor %}
        case when differences.change = 'severity_changed' then known.severity
            end as previous_severity,
        known.was_told,
        gone.entity is not null and spells.severity = known.severity and (
            spells.opened_on < known.changed_on
            or spells.opened_on = known.opened_on
            or spells.opened_on <= gone.back_on
        ) as is_back,
        coalesce(known.alert_number, 0) + row_number() over (
            partition by differences.signal_key, differences.team
            order by differences.spell, differences.change desc
        ) as alert_number
    from differences
    left join spells
        on
            differences.signal_key = spells.signal_key
            and differences.team = spells.team
            and differences.spell = spells.spell
    left join known
        on
            differences.signal_key = known.signal_key
            and differences.team = known.team
    left join ({{ product_signals.heard_of() }}) as gone
        on
            known.close_reason like gone.entity || '_%'
            and gone.entity_id = case gone.entity
                when 'account' then known.account_id
                else known.entity_id end

)

select
    {{ dbt.hash(
        "changes.signal_key || '|' || changes.team || '|' || cast("
        ~ "changes.alert_number as text) || cast(looks.as_of_date as text)"
    ) }} as alert_id,
    changes.signal_key,
    changes.team,
    cast(changes.alert_number as integer) as alert_number,
    changes.change,
    changes.changed_on,
    changes.close_reason,
    changes.previous_severity,
    {%- for column in about %}
    changes.{{ column }},
    {%- endfor %}
    case
        when looks.last_look is null then 'base_line'
        {# Known before under another id. #}
        when
            changes.change in ('opened', 'reopened')
            and changes.opened_on <= looks.last_look
            and first_heard.heard_on >= looks.last_look
            and {{ product_signals.band(
                'alert_age_days', '(looks.as_of_date - changes.opened_on)'
            ) }} = 'old'
            then 'base_line'
        when changes.is_back and changes.change = 'reopened' then 'silent'
        when
            changes.change = 'closed'
            and (
                changes.severity = 'info'
                or not changes.was_told
                or changes.close_reason not in (
                    'cleared', 'opposite', 'withdrawn'
                )
            )
            then 'silent'
        else 'message'
    end as delivery,
    looks.as_of_date as detected_on,
    looks.detected_at
from changes
cross join looks
left join ({{ product_signals.heard_of() }}) as first_heard
    on
        changes.entity = first_heard.entity
        and changes.entity_id = first_heard.entity_id
