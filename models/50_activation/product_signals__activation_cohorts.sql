{{ product_signals.public() }}
{% set early_days = 30 %}

with accounts as (

    select
        activation.checklist,
        activation.entity_id as account_id,
        {{ product_signals.month_start('entities.begins_on') }} as signup_month,
        segments.attribute,
        segments.value,
        {# The first of an account's days is that of its sign-up. #}
        {{ dbt.last_day('entities.begins_on', 'month') }}
        + {{ early_days - 1 }} <= scope.as_of_date as is_complete,
        entities.begins_on < scope.history_start as is_older,
        activation.activated_at,
        activation.days_to_activation
    from {{ ref('product_signals__activation') }} as activation
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            activation.entity = entities.entity
            and activation.entity_id = entities.entity_id
    cross join {{ ref('int_product_signals__scope') }} as scope
    inner join {{ ref('int_product_signals__segment_periods') }} as segments
        on
            activation.entity_id = segments.account_id
            and scope.as_of_date >= segments.valid_from
            and scope.as_of_date < segments.valid_to
    where activation.entity = 'account'

),

cohorts as (

    select
        checklist,
        signup_month,
        attribute,
        value,
        is_complete,
        count(*) as accounts,
        count(activated_at) as activated_accounts,
        count(case when is_older then 1 end) as older_accounts,
        count(case when days_to_activation < {{ early_days }} then 1 end)
            as early_accounts,
        percentile_cont(0.5) within group (
            order by cast(days_to_activation as double precision)
        ) as median_days_to_activation
    from accounts
    group by checklist, signup_month, attribute, value, is_complete

),

step_counts as (

    select
        accounts.checklist,
        accounts.signup_month,
        accounts.attribute,
        accounts.value,
        steps.step,
        steps.step_order,
        count(*) as accounts,
        count(steps.met_at) as met_accounts
    from accounts
    inner join {{ ref('product_signals__activation_steps') }} as steps
        on
            accounts.checklist = steps.checklist
            and steps.entity = 'account'
            and accounts.account_id = steps.entity_id
    group by
        accounts.checklist,
        accounts.signup_month,
        accounts.attribute,
        accounts.value,
        steps.step,
        steps.step_order

),

{# Steps may be met in any order, so a drop can be negative. #}
drops as (

    select
        *,
        coalesce(
            lag(met_accounts) over (
                partition by checklist, signup_month, attribute, value
                order by step_order, step
            ),
            accounts
        ) - met_accounts as lost_accounts
    from step_counts

),

ranked_drops as (

    select
        *,
        row_number() over (
            partition by checklist, signup_month, attribute, value
            order by lost_accounts desc, step_order, step
        ) as drop_rank
    from drops

),

funnels as (

    select
        checklist,
        signup_month,
        attribute,
        value,
        {{ dbt.listagg(
            measure=dbt.concat([
                'step',
                "'='",
                'cast(' ~ product_signals.percent('met_accounts', 'accounts')
                ~ ' as text)',
            ]),
            delimiter_text="'|'",
            order_by_clause='order by step_order, step'
        ) }} as step_rates,
        max(case when drop_rank = 1 and lost_accounts > 0 then step end)
            as largest_drop_step,
        max(
            case
                when drop_rank = 1 and lost_accounts > 0 then lost_accounts
            end
        ) as largest_drop_accounts
    from ranked_drops
    group by checklist, signup_month, attribute, value

)

select
    cohorts.checklist,
    cohorts.signup_month,
    cohorts.attribute,
    cohorts.value,
    cast(cohorts.accounts as integer) as accounts,
    cast(cohorts.activated_accounts as integer) as activated_accounts,
    {{ product_signals.percent(
        'cohorts.activated_accounts', 'cohorts.accounts'
    ) }} as activated_rate,
    case
        when cohorts.is_complete and cohorts.older_accounts = 0
            then {{ product_signals.percent(
                'cohorts.early_accounts', 'cohorts.accounts'
            ) }}
    end as activated_rate_30d,
    cohorts.is_complete,
    {{ product_signals.rounded('cohorts.median_days_to_activation') }}
        as median_days_to_activation,
    funnels.step_rates,
    funnels.largest_drop_step,
    {{ product_signals.percent(
        'funnels.largest_drop_accounts', 'cohorts.accounts'
    ) }} as largest_drop_rate
from cohorts
inner join funnels
    on
        cohorts.checklist = funnels.checklist
        and cohorts.signup_month = funnels.signup_month
        and cohorts.attribute = funnels.attribute
        and cohorts.value = funnels.value
