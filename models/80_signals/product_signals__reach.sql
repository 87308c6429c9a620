{# Whom the team reaches: the share of accounts with a recent response to one of
   their signals. #}
{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

responses as (

    select
        signals.account_id,
        max(responses.responded_on) as last_response_on
    from ({{ product_signals.signal_responses() }}) as responses
    inner join {{ ref('product_signals__signals') }} as signals
        on responses.signal_id = signals.signal_id
    group by signals.account_id

),

accounts as (

    select
        metrics.tier,
        metrics.csm as owner,
        responses.last_response_on,
        {{ product_signals.band(
            'response_days', 'scope.as_of_date - responses.last_response_on'
        ) }} = 'recent' as is_answered
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join scope
        on metrics.as_of_date = scope.as_of_date
    left join responses
        on metrics.account_id = responses.account_id
    where metrics.lifecycle_stage <> 'churned'

),

segments as (

    {% for attribute in ['all', 'tier', 'owner'] %}
    select
        '{{ attribute }}' as attribute,
        {% if attribute == 'all' -%}
        'all' as value,
        {%- else -%}
        coalesce({{ attribute }}, 'unknown') as value,
        {%- endif %}
        last_response_on,
        is_answered
    from accounts
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    attribute,
    value,
    cast(count(*) as integer) as accounts,
    cast(count(case when is_answered then 1 end) as integer)
        as answered_accounts,
    {{ product_signals.percent(
        'count(case when is_answered then 1 end)', 'count(*)'
    ) }} as reach,
    max(last_response_on) as last_response_on
from segments
group by attribute, value
