{#
    One row per account and scored day since it was created or had its first
    event, whichever came first, with its attributes on that day.
#}
{{ product_signals.incremental_by_day('date_day') }}

with dates as (

    {{ product_signals.scored_days() }}

),

account_days as (

    select
        entities.entity_id as account_id,
        entities.is_known,
        entities.begins_on,
        entities.trial_started_on,
        entities.converted_on,
        entities.cancelled_on,
        dates.date_day
    from {{ ref('int_product_signals__entities') }} as entities
    inner join dates
        on dates.date_day >= case
            when entities.first_seen_on < entities.begins_on
                then entities.first_seen_on
            else entities.begins_on
        end
    where
        entities.entity = 'account'
        and {{ product_signals.in_rebuild('dates.date_day') }}

)

select
    account_days.account_id,
    account_days.date_day,
    account_days.is_known,
    account_days.begins_on,
    account_days.is_known
    and attributes.is_there
    and account_days.date_day >= account_days.begins_on
    and account_days.date_day
    < coalesce(account_days.cancelled_on, {{ product_signals.last_day() }})
        as is_live,
    account_days.trial_started_on,
    account_days.converted_on,
    account_days.cancelled_on,
    attributes.leaves_on,
    {%- for column in product_signals.remembered_columns('account')
        if column not in [
            'created_on', 'trial_started_on', 'converted_on', 'cancelled_on',
        ] %}
    attributes.{{ column }},
    {%- endfor %}
    {{ product_signals.size_value('attributes') }} as size_value,
    coalesce(attributes.attributes_as_of, 'current') as attributes_as_of
from account_days
left join {{ ref('int_product_signals__account_attributes') }} as attributes
    on
        account_days.account_id = attributes.account_id
        and account_days.date_day >= attributes.valid_from
        and account_days.date_day < attributes.valid_to
