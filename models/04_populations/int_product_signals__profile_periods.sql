{#
    Which score profiles a user or an account belongs to, and when. Of those
    it belongs to on a day, the one of lowest priority is its main profile.

    A filter on the account also selects the users of that account; one on
    the user lets every account pass.
#}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

matching as (

    select
        entity_periods.entity,
        entity_periods.entity_id,
        entity_periods.account_id,
        profiles.profile,
        profiles.priority,
        entity_periods.valid_from,
        entity_periods.valid_to
    from {{ ref('int_product_signals__entity_periods') }} as entity_periods
    cross join score_profiles as profiles
    left join {{ ref('int_product_signals__attribute_periods') }} as attributes
        on
            profiles.filter_attribute = attributes.attribute
            and profiles.filter_entity = attributes.entity
            and attributes.entity_id = case
                when profiles.filter_entity = 'account'
                    then entity_periods.account_id
                else entity_periods.entity_id
            end
            and entity_periods.valid_from >= attributes.valid_from
            and entity_periods.valid_from < attributes.valid_to
    where
        profiles.filter_attribute is null
        or (
            profiles.filter_entity = 'user'
            and entity_periods.entity = 'account'
        )
        or {{ product_signals.in_list(
            'attributes.value', 'profiles.filter_values'
        ) }}

)

select
    entity,
    entity_id,
    account_id,
    profile,
    valid_from,
    valid_to,
    row_number() over (
        partition by entity, entity_id, valid_from
        order by priority, profile
    ) = 1 as is_main_profile
from matching
