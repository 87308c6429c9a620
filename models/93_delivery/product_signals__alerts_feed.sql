{#
    What to tell whom, in words: a message for each change of a signal, or one
    for all of a team's if there are many. News is never more than one message.
    Rows stay as they were written: what was told can't be taken back.
#}
{{ product_signals.public() }}
{{ product_signals.incremental_by('keys', ['alert_id']) }}
{% set length = 3000 %}
{% set of_signal = {
    'signal': 'text', 'signal_name': 'text', 'kind': 'text',
    'severity': 'text', 'previous_severity': 'text', 'entity': 'text',
    'entity_id': 'text', 'account_id': 'text', 'subject_type': 'text',
    'subject_id': 'text', 'owner': 'text', 'opened_on': 'date',
    'changed_on': 'date', 'close_reason': 'text', 'signal_key': 'text',
    'signal_id': 'text', 'alert_number': 'integer',
} %}

{# Also those of a run that was killed before it got here. A run for an earlier
   day, which has other signals, leaves them to the next one. #}
with changes as (

    select * from {{ ref('int_product_signals__alert_changes') }}
    where
        detected_on <= (
            select scope.as_of_date
            from {{ ref('int_product_signals__scope') }} as scope
        )
        {%- if is_incremental() %}
        and detected_at > coalesce(
            (select max(written.detected_at) from {{ this }} as written),
            cast({{ product_signals.first_day() }} as timestamp)
        )
        {%- if not product_signals.is_real() %}
        and 1 = 0
        {%- endif %}
        {%- endif %}

),

features as (

    {{ product_signals.seed('features') }}

),

users as (

    select
        user_id,
        coalesce(full_name, email) as user_name
    from {{ ref('stg_product_signals__users') }}

),

{# The team's own action; without one, another team's. #}
signal_actions as (

    {{ product_signals.seed('signal_actions') }}

),

actions as (

    select
        changes.alert_id,
        signal_actions.action,
        row_number() over (
            partition by changes.alert_id
            order by
                case when changes.team = signal_actions.team then 1 else 2 end,
                signal_actions.action_order
        ) as place
    from changes
    inner join signal_actions
        on changes.signal = signal_actions.signal

),

{# How things are now where a state has closed. Those that are open say it. #}
ended as (

    {{ product_signals.sentences_of(
        ref('int_product_signals__evidence_now')
    ) }}

),

named as (

    select
        changes.*,
        coalesce(accounts.account_name, changes.account_id) as account_name,
        users.user_name,
        coalesce(
            subjects.user_name, features.feature_name, changes.subject_id
        ) as subject,
        signals.reason,
        coalesce(
            signals.now,
            case when changes.change = 'closed' then ended.sentences end
        ) as now,
        actions.action
    from changes
    left join {{ ref('product_signals__signals') }} as signals
        on changes.signal_id = signals.signal_id
    left join ended
        on changes.signal_id = ended.signal_id
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on changes.account_id = accounts.account_id
    left join users
        on
            changes.entity = 'user'
            and changes.entity_id = users.user_id
    left join users as subjects
        on
            changes.subject_type = 'user'
            and changes.subject_id = subjects.user_id
    left join features
        on
            changes.subject_type = 'feature'
            and changes.subject_id = features.feature
    left join actions
        on
            changes.alert_id = actions.alert_id
            and actions.place = 1

),

worded as (

    select
        *,
        change = 'opened' and severity = 'info' as is_news,
        trim({{ product_signals.alert_about() }}) as about,
        {{ product_signals.escaped(product_signals.alert_body()) }} as body,
        {{ product_signals.escaped(product_signals.alert_keys()) }} as all_keys
    from named

),

keyed as (

    select
        *,
        {{ product_signals.cut_text('all_keys', length // 4) }} as keys
    from worded

),

{# -- Many of a team in one message -- #}

counted as (

    select
        *,
        count(case when delivery = 'message' then 1 end) over (
            partition by team, is_news
        ) as messages,
        min(case when delivery = 'message' then alert_id end) over (
            partition by team, is_news
        ) as first_alert_id
    from keyed

),

alerts as (

    select
        *,
        delivery = 'message' and case
            when is_news then messages > 1
            else coalesce(
                {{ product_signals.band('team_alerts', 'messages') }}, ''
            ) = 'many'
        end as is_in_digest
    from counted

),

lines as (

    select
        team,
        first_alert_id,
        messages,
        is_news,
        signal_name,
        min({{ product_signals.severity_order('severity') }}) as place,
        count(*) as alerts,
        max(detected_on) as detected_on,
        max(detected_at) as detected_at,
        {{ dbt.listagg(
            measure='about',
            delimiter_text="'; '",
            order_by_clause='order by about, alert_id'
        ) }} as names,
        {% for change, words in {
            'opened': 'opened', 'reopened': 'opened again',
            'closed': 'over', 'severity_changed': 'of another severity',
        }.items() -%}
        case
            when count(case when change = '{{ change }}' then 1 end) > 0
                then ', ' || cast(
                    count(case when change = '{{ change }}' then 1 end) as text
                ) || ' {{ words }}'
            else ''
        end{{ ' || ' if not loop.last }}
        {%- endfor %} as line
    from alerts
    where is_in_digest
    group by team, first_alert_id, messages, is_news, signal_name

),

digests as (

    select
        team,
        {{ dbt.hash("'digest|' || team || '|' || first_alert_id") }}
            as alert_id,
        max(detected_on) as detected_on,
        max(detected_at) as detected_at,
        {{ product_signals.escaped(
            "'*' || case when is_news then 'News' else cast(messages as text)"
            ~ " || ' alerts' end || ' for ' || team || '*' || chr(10) || "
            ~ dbt.listagg(
                measure="signal_name || ': ' || case when is_news then"
                ~ " cast(alerts as text) || ' ('"
                ~ ' || ' ~ product_signals.cut_text('names', length // 10)
                ~ " || ')' else substr(line, 3) end",
                delimiter_text="'\n'",
                order_by_clause='order by place, alerts desc, signal_name'
            )
        ) }} as body
    from lines
    group by team, first_alert_id, messages, is_news

)

select
    alert_id,
    team,
    change,
    case when is_in_digest then 'digest' else delivery end as delivery,
    {%- for column in of_signal %}
    {{ column }},
    {%- endfor %}
    {{ product_signals.severity_order('severity') }} as severity_order,
    {{ product_signals.cut_text('body', '(' ~ length ~ ' - length(keys))')
    }} || keys as text,
    detected_on,
    detected_at
from alerts

union all

select
    alert_id,
    team,
    'digest' as change,
    'message' as delivery,
    {%- for column, type in of_signal.items() %}
    cast(null as {{ type }}) as {{ column }},
    {%- endfor %}
    cast(null as integer) as severity_order,
    {{ product_signals.cut_text('body', length) }} as text,
    detected_on,
    detected_at
from digests
