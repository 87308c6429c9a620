{{ product_signals.public() }}

select
    attribute_periods.entity,
    attribute_periods.entity_id,
    attribute_periods.attribute,
    attribute_periods.value
from {{ ref('int_product_signals__attribute_periods') }} as attribute_periods
inner join {{ ref('int_product_signals__scope') }} as scope
    on
        scope.as_of_date >= attribute_periods.valid_from
        and scope.as_of_date < attribute_periods.valid_to
left join {{ ref('int_product_signals__user_attributes') }} as users
    on
        attribute_periods.entity = 'user'
        and attribute_periods.entity_id = users.user_id
        and scope.as_of_date >= users.valid_from
        and scope.as_of_date < users.valid_to
{# Who signs up after the last day, or has not begun, is not there yet. #}
inner join {{ ref('int_product_signals__entities') }} as entities
    on
        attribute_periods.entity = entities.entity
        and attribute_periods.entity_id = entities.entity_id
        and scope.as_of_date >= entities.begins_on
where
    attribute_periods.value is not null
    and not coalesce(users.is_internal, false)
