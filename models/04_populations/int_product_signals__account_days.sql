{#
    Every account on every scored day since it was created or, should that
    come first, since its first event, with its attributes as of that day.

    attributes_as_of says how good those are: "day" where the account history
    covers the day, "current" where only today's values are known.
#}
{{ product_signals.restated_by(['accounts'], 'date_day') }}
{% set partial = product_signals.is_partial('account') %}
{% set history = product_signals.history_columns() %}

with account_days as (

    select
        entities.entity_id as account_id,
        entities.is_known,
        entities.begins_on,
        dates.date_day
    from {{ ref('int_product_signals__entities') }} as entities
    inner join {{ ref('int_product_signals__dates') }} as dates
        on dates.date_day >= case
            when entities.first_seen_on < entities.begins_on
                then entities.first_seen_on
            else entities.begins_on
        end
    {{ product_signals.join_restated(
        partial, 'account', 'entities.entity_id'
    ) }}
    where
        entities.entity = 'account'
        and {{ product_signals.is_restated(partial, 'dates.date_day') }}

)

select
    account_days.account_id,
    account_days.date_day,
    account_days.is_known,
    account_days.begins_on,
    account_days.is_known
    and account_days.date_day >= account_days.begins_on
    and account_days.date_day
    < coalesce(accounts.cancelled_on, {{ product_signals.last_day() }})
        as is_live,
    accounts.created_at,
    {%- for column in product_signals.account_columns() %}
    {%- if column in history %}
    case
        when history.account_id is null then accounts.{{ column }}
        else history.{{ column }}
    end as {{ column }},
    {%- else %}
    accounts.{{ column }},
    {%- endif %}
    {%- endfor %}
    accounts.trial_started_on,
    accounts.trial_ends_on,
    accounts.converted_on,
    accounts.cancelled_on,
    {%- if 'contract_ends_at' in history %}
    case
        when history.account_id is null then accounts.contract_ends_on
        else history.contract_ends_on
    end as contract_ends_on,
    {%- else %}
    accounts.contract_ends_on,
    {%- endif %}
    {%- if var('size_column') | lower in history %}
    case
        when history.account_id is null
            then {{ product_signals.size_value('accounts') }}
        else {{ product_signals.size_value('history') }}
    end as size_value,
    {%- else %}
    {{ product_signals.size_value('accounts') }} as size_value,
    {%- endif %}
    {% if history -%}
    case when history.account_id is null then 'current' else 'day' end
    {%- else -%}
    'current'
    {%- endif %} as attributes_as_of
from account_days
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on account_days.account_id = accounts.account_id
{%- if history %}
left join {{ ref('stg_product_signals__account_history') }} as history
    on
        account_days.account_id = history.account_id
        and account_days.date_day >= history.valid_from
        and account_days.date_day < history.valid_to
{%- endif %}
