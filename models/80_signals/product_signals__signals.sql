{{ product_signals.public() }}
{# An account's worth, to rank signals of one severity. #}
{% set account_value = (
    'mrr' if product_signals.has_column('accounts', 'mrr') else 'deal_size'
) %}

with {% for seed in ['signal_actions', 'signals'] -%}
{{ seed }} as (

    {{ product_signals.seed(seed) }}

),

{% endfor -%}
scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

actions as (

    select
        signal,
        {{ dbt.listagg(
            measure="team || ': ' || action",
            delimiter_text="' | '",
            order_by_clause='order by action_order'
        ) }} as actions
    from signal_actions
    group by signal

),

{# Few columns, as sorting takes memory. #}
ordered as (

    {% set of_signal %}over (
            partition by signal_key order by opened_on
        ){% endset %}
    select
        signal_id,
        lead(signal_id) {{ of_signal }} is null as is_latest,
        lag(signal_id) {{ of_signal }} as previous_signal_id
    from {{ ref('int_product_signals__episodes') }}

),

responses as (

    select *
    from (
        select
            *,
            row_number() over (
                partition by signal_id
                order by responded_at desc, response, responded_by
            ) as place
        from ({{ product_signals.signal_responses() }}) as given
    ) as ordered
    where place = 1

),

{# A champion whom the users input lacked on that day, and who is back in the
   account. #}
returned as (

    select distinct episodes.signal_id
    from {{ ref('int_product_signals__placed_episodes') }} as episodes
    inner join {{ ref('int_product_signals__signal_rules') }} as rules
        on episodes.signal = rules.signal and rules.metric = 'champions_lost'
    inner join {{ ref('int_product_signals__user_attributes') }} as users_then
        on
            episodes.subject_id = users_then.user_id
            and episodes.opened_on >= users_then.valid_from
            and episodes.opened_on < users_then.valid_to
            and not users_then.is_there
    cross join scope
    inner join {{ ref('int_product_signals__user_periods') }} as users_now
        on
            episodes.subject_id = users_now.user_id
            and episodes.account_id = users_now.account_id
            and scope.as_of_date >= users_now.valid_from
            and scope.as_of_date < users_now.valid_to
            and users_now.is_live

),

described as (

    select
        episodes.*,
        signals.signal_name,
        signals.kind,
        signals.severity,
        signals.teams,
        account_now.csm as owner,
        case
            when episodes.closed_on is null then null
            when signals.kind = 'event' then 'over'
            when episodes.is_opposed then 'opposite'
            when episodes.closed_on >= account_entities.cancelled_on
                then 'account_cancelled'
            when episodes.closed_on >= user_entities.deactivated_on
                then 'user_deactivated'
            when not user_then.is_there or user_then.is_internal
                then 'user_removed'
            when not account_then.is_there then 'account_removed'
            when {{ product_signals.band(
                'inactive_days', 'metrics_then.days_since_last_active'
            ) }} = 'lost' then 'lost'
            else 'cleared'
        end as close_reason,
        episodes.closed_on is null as is_open,
        case
            when signals.kind = 'state' and episodes.closed_on is null
                then episodes.last_held_on = scope.as_of_date
        end as still_holds,
        cast(
            coalesce(episodes.closed_on, scope.as_of_date + 1)
            - episodes.opened_on as integer
        ) as days_open,
        cast(account_now.{{ account_value }} as double precision)
            as account_value,
        ordered.is_latest,
        ordered.previous_signal_id,
        responses.response,
        responses.responded_on,
        responses.responded_by,
        responses.snoozed_until,
        {# A snooze ends on its day; other responses last. #}
        responses.response is not null
        and coalesce(responses.snoozed_until > scope.as_of_date, true)
            as is_answered,
        {# Nothing is left to do for those who have since left, or are back. #}
        coalesce(
            account_entities.cancelled_on <= scope.as_of_date
            and episodes.opened_on < account_entities.cancelled_on,
            false
        )
        or coalesce(user_entities.deactivated_on <= scope.as_of_date, false)
        or (episodes.account_id is not null and accounts.account_id is null)
        or (
            episodes.entity = 'user' and coalesce(users.is_internal, true)
        )
        or returned.signal_id is not null as is_gone,
        coalesce({{ product_signals.band(
            'inactive_days', 'metrics_now.days_since_last_active'
        ) }} in ('dormant', 'lost'), false) as is_dormant
    from {{ ref('int_product_signals__placed_episodes') }} as episodes
    cross join scope
    inner join ordered
        on episodes.signal_id = ordered.signal_id
    left join responses
        on episodes.signal_id = responses.signal_id
    left join returned
        on episodes.signal_id = returned.signal_id
    inner join signals
        on episodes.signal = signals.signal
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on episodes.account_id = accounts.account_id
    left join {{ ref('int_product_signals__account_attributes') }}
        as account_now
        on
            accounts.account_id = account_now.account_id
            and scope.as_of_date >= account_now.valid_from
            and scope.as_of_date < account_now.valid_to
    left join {{ ref('stg_product_signals__users') }} as users
        on
            episodes.entity = 'user'
            and episodes.entity_id = users.user_id
    left join {{ ref('int_product_signals__entities') }} as account_entities
        on
            account_entities.entity = 'account'
            and episodes.account_id = account_entities.entity_id
    left join {{ ref('int_product_signals__entities') }} as user_entities
        on
            episodes.entity = 'user'
            and user_entities.entity = 'user'
            and episodes.entity_id = user_entities.entity_id
    left join {{ ref('int_product_signals__account_attributes') }}
        as account_then
        on
            episodes.account_id = account_then.account_id
            and episodes.closed_on >= account_then.valid_from
            and episodes.closed_on < account_then.valid_to
    left join {{ ref('int_product_signals__account_metrics') }} as metrics_then
        on
            episodes.entity = 'account'
            and episodes.entity_id = metrics_then.account_id
            and episodes.closed_on = metrics_then.as_of_date
    left join {{ ref('int_product_signals__account_metrics') }} as metrics_now
        on
            episodes.account_id = metrics_now.account_id
            and scope.as_of_date = metrics_now.as_of_date
    left join {{ ref('int_product_signals__user_attributes') }} as user_then
        on
            episodes.entity = 'user'
            and episodes.entity_id = user_then.user_id
            and episodes.closed_on >= user_then.valid_from
            and episodes.closed_on < user_then.valid_to

),

{% for name, evidence in {
    'reasons': ref('product_signals__signal_evidence'),
    'reasons_now': ref('int_product_signals__evidence_now'),
}.items() %}
{{ name }} as (

    {{ product_signals.sentences_of(evidence) }}

),

{% endfor %}

{# An event that recurs while open is one task. A state that no longer holds is
   none, though it is open for its grace days. #}
urgent as (

    select
        signal_id,
        row_number() over (
            order by
                {{ product_signals.severity_order('severity') }},
                coalesce(account_value, 0) desc,
                days_open desc,
                signal_id
        ) as priority
    from described
    where
        is_open
        and is_latest
        and coalesce(still_holds, true)
        and not is_gone
        and not is_dormant
        and not is_suppressed
        and not is_held_back
        and not is_answered

)

select
    described.signal_id,
    described.signal_key,
    described.signal,
    described.signal_name,
    described.kind,
    described.entity,
    described.entity_id,
    described.account_id,
    described.subject_type,
    described.subject_id,
    described.severity,
    {{ product_signals.severity_order('described.severity') }}
        as severity_order,
    described.teams,
    described.owner,
    described.opened_on,
    described.last_held_on,
    described.closed_on,
    described.close_reason,
    described.is_open,
    described.still_holds,
    described.is_suppressed,
    described.is_held_back,
    described.is_answered,
    described.is_dormant,
    described.response,
    described.responded_on,
    described.responded_by,
    described.snoozed_until,
    described.days_open,
    detected.detected_on,
    described.is_latest,
    described.previous_signal_id,
    cast(urgent.priority as integer) as priority,
    described.account_value,
    'On ' || {{ product_signals.written_day('described.observed_on') }} || ': '
    || coalesce(reasons.sentences, described.signal_name) as reason,
    case when described.is_open then reasons_now.sentences end || case
        when described.still_holds then ''
        else '; holds no longer since ' || {{ product_signals.written_day(
            '(described.last_held_on + 1)'
        ) }}
    end as now,
    actions.actions
from described
left join urgent
    on described.signal_id = urgent.signal_id
left join reasons
    on described.signal_id = reasons.signal_id
left join reasons_now
    on described.signal_id = reasons_now.signal_id
left join actions
    on described.signal = actions.signal
left join {{ ref('product_signals__detected_signals') }} as detected
    on described.signal_id = detected.signal_id
