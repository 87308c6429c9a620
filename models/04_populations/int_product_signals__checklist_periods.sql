{#
    Which activation checklists an account or a known user has, and when. Of
    those it has on a day, the one of lowest priority is its main checklist.

    A filter looks at the entity's own attribute, else at the account's.
#}
{% set user_attributes = product_signals.filter_attributes('user') %}

with activation_checklists as (

    {{ product_signals.seed('activation_checklists') }}

),

checklists as (

    select
        *,
        case
            when
                entity = 'user'
                and filter_attribute in (
                    '{{ user_attributes | join("', '") }}'
                )
                then 'user'
            else 'account'
        end as filter_entity
    from activation_checklists

),

matching as (

    select
        entity_periods.entity,
        entity_periods.entity_id,
        checklists.checklist,
        checklists.priority,
        entity_periods.valid_from,
        entity_periods.valid_to
    from {{ ref('int_product_signals__entity_periods') }} as entity_periods
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entity_periods.entity = entities.entity
            and entity_periods.entity_id = entities.entity_id
    inner join checklists
        on entity_periods.entity = checklists.entity
    left join {{ ref('int_product_signals__attribute_periods') }} as attributes
        on
            checklists.filter_attribute = attributes.attribute
            and checklists.filter_entity = attributes.entity
            and attributes.entity_id = case
                when checklists.filter_entity = 'account'
                    then entity_periods.account_id
                else entity_periods.entity_id
            end
            and entity_periods.valid_from >= attributes.valid_from
            and entity_periods.valid_from < attributes.valid_to
    where
        entities.is_known
        and (
            checklists.filter_attribute is null
            or {{ product_signals.in_list(
                'attributes.value', 'checklists.filter_values'
            ) }}
        )

)

select
    entity,
    entity_id,
    checklist,
    valid_from,
    valid_to,
    row_number() over (
        partition by entity, entity_id, valid_from
        order by priority, checklist
    ) = 1 as is_main_checklist
from matching
