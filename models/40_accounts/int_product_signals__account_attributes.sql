{#
    The attributes of an account in periods without gaps: from the account
    history where it covers the day, otherwise from what the accounts input
    said.

    attributes_as_of   "day" if the value of the day itself is known, "current"
                       if a later one stands in for it
    leaves_on          the cancellation as known on the day, never from later
#}
{% set columns = product_signals.remembered_columns('account') %}
{% set history = product_signals.history_columns() %}

with remembered as (

    {{ product_signals.remembered('account') }}

),

bounds as (

    select entity_id as account_id, valid_from as bound from remembered
    union all
    select entity_id as account_id, valid_to as bound from remembered
    union all
    select entity_id as account_id, remembered_from as bound from remembered
    {%- for bound in ['valid_from', 'valid_to'] %}
    union all
    select history.account_id, history.{{ bound }} as bound
    from {{ ref('stg_product_signals__account_history') }} as history
    inner join (select distinct entity_id from remembered) as accounts
        on history.account_id = accounts.entity_id
    {%- endfor %}

),

cut as (

    {{ product_signals.cut('bounds', 'account_id') }}

)

select
    cut.account_id,
    cut.valid_from,
    cut.valid_to,
    remembered.is_there,
    {%- for column in columns %}
    {%- set attribute = column[10:] if column.startswith('attribute_')
        else column %}
    {%- if attribute in history or (
        column == 'contract_ends_on' and 'contract_ends_at' in history
    ) %}
    case
        when history.account_id is null then remembered.{{ column }}
        else history.{{ product_signals.staged_as(column) }}
    end as {{ column }},
    {%- else %}
    remembered.{{ column }},
    {%- endif %}
    {%- endfor %}
    case
        when cut.valid_from >= remembered.remembered_from
            then remembered.cancelled_on
    end as leaves_on,
    case
        when
            history.account_id is not null
            or cut.valid_from >= remembered.remembered_from
            then 'day'
        else 'current'
    end as attributes_as_of
from cut
inner join remembered
    on
        cut.account_id = remembered.entity_id
        and cut.valid_from >= remembered.valid_from
        and cut.valid_from < remembered.valid_to
left join {{ ref('stg_product_signals__account_history') }} as history
    on
        cut.account_id = history.account_id
        and cut.valid_from >= history.valid_from
        and cut.valid_from < history.valid_to
