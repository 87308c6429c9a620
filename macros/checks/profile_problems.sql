{# What is wrong with score profiles, and with the filters of profiles and
   checklists. #}
{% macro profile_problems() %}
    {%- set of_users = product_signals.filter_attributes('user') -%}
    {%- set of_accounts = (
        product_signals.filter_attributes('account') + ['subscription_status']
    ) -%}
    {# A checklist of users may look at their account, too. -#}
    with filters as (

        select
            source,
            row_name,
            filter_entity as entity,
            filter_entity as looks_at,
            filter_attribute,
            filter_values
        from score_profiles
        where
            filter_entity is not null
            or filter_attribute is not null
            or filter_values is not null

        union all

        select
            source,
            row_name,
            entity,
            'both' as looks_at,
            filter_attribute,
            filter_values
        from activation_checklists
        where filter_attribute is not null or filter_values is not null

    )

    select
        'error' as severity,
        '{{ var("score_profiles_seed") }}' as source,
        '(none)' as row_name,
        'profile' as column_name,
        '' as value,
        'there is no score profile' as problem,
        'add at least one row' as fix
    from (select count(*) as profiles from score_profiles) as counted
    where profiles = 0

    union all

    select
        'error' as severity,
        source,
        row_name,
        'decay_days' as column_name,
        '' as value,
        'is empty, but decay is ' || decay as problem,
        'write in how many days points fade, or set decay to none' as fix
    from score_profiles
    where decay <> 'none' and decay_days is null

    union all

    select
        'warning' as severity,
        source,
        row_name,
        'period_days' as column_name,
        cast(period_days as text) as value,
        'is not below the variable seen_days, {{ var("seen_days") }}: whoever'
        || ' was seen is whoever counts, and an average over them never falls'
            as problem,
        'shorten it, raise seen_days, or set account_method to total' as fix
    from score_profiles
    where
        period_days >= {{ var('seen_days') }}
        and account_method <> 'total'

    union all

    select
        'error' as severity,
        source,
        row_name,
        case
            when entity is null then 'filter_entity'
            when filter_attribute is null then 'filter_attribute'
            else 'filter_values'
        end as column_name,
        '' as value,
        'is empty, but the rest of the filter is not' as problem,
        'fill in the whole filter, or none of it' as fix
    from filters
    where entity is null or filter_attribute is null or filter_values is null

    union all

    select
        'error' as severity,
        source,
        row_name,
        'filter_attribute' as column_name,
        filter_attribute as value,
        'is not an attribute of ' || entity || 's to filter by' as problem,
        case looks_at
            when 'user'
                then 'use one of {{ of_users | join(", ") }};'
                    || ' more with the variable user_attributes'
            else 'use one of {{ of_accounts | join(", ") }};'
                || ' more with the variable account_attributes'
        end as fix
    from filters
    where
        entity is not null
        and filter_attribute is not null
        and not (
            looks_at in ('account', 'both')
            and filter_attribute in ('{{ of_accounts | join("', '") }}')
        )
        and not (
            entity = 'user'
            and filter_attribute in ('{{ of_users | join("', '") }}')
        )
{%- endmacro %}
