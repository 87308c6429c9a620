{#
    A row per signal and team it is for: how many are new, open and over today,
    how many are kept from the work list, and whether it has what it needs to
    open: inputs, and what the configuration defines.
#}
{{ product_signals.public() }}
-- depends_on: {{ ref('stg_product_signals__accounts') }}
-- depends_on: {{ ref('stg_product_signals__users') }}
{# Any rule may read any input, and dbt needs the refs before it reads the
   rules. #}
{% for input in product_signals.input_spec() %}
{% do product_signals.input_relation(input) %}
{% endfor %}
{% set recent_days = 90 %}
{% set last_day = product_signals.last_day() %}
{% set rules = product_signals.signal_rules() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{% for seed in [
    'signals', 'features', 'event_catalog', 'activation_checklists',
] -%}
{{ seed }} as (

    {{ product_signals.seed(seed) }}

),

{% endfor -%}
teams as (

    {{ product_signals.listed_values('signals', 'signal', 'teams', 'team') }}

),

episodes as (

    select
        signals.signal,
        count(case when signals.is_open then 1 end) as open_signals,
        count(case when signals.opened_on = scope.as_of_date then 1 end)
            as opened_signals,
        {# A state is known to be over only after its grace days, or when the
           account or user leaves. #}
        count(
            case
                when scope.as_of_date = case
                    when signals.close_reason = 'cleared'
                        then least(
                            signals.closed_on + rules.grace_days,
                            coalesce(accounts.cancelled_on, {{ last_day }}),
                            coalesce(users.deactivated_on, {{ last_day }})
                        )
                    else signals.closed_on
                end
                    then 1
            end
        ) as closed_signals,
        count(
            case when signals.is_open and signals.is_suppressed then 1 end
        ) as suppressed_signals,
        count(
            case when signals.is_open and signals.is_held_back then 1 end
        ) as held_back_signals
    from {{ ref('product_signals__signals') }} as signals
    cross join scope
    inner join signals as rules
        on signals.signal = rules.signal
    left join {{ ref('int_product_signals__entities') }} as accounts
        on
            accounts.entity = 'account'
            and signals.account_id = accounts.entity_id
    left join {{ ref('int_product_signals__entities') }} as users
        on
            users.entity = 'user'
            and signals.entity = 'user'
            and signals.entity_id = users.entity_id
    group by signals.signal

),

{# -- Days on which it held, of those on which it could have -- #}

possible_days as (

    select
        'account' as entity,
        count(*) as days,
        {# No state holds for an account that is lost, or on the day on which it
           cancels. #}
        count(
            case
                when
                    accounts.lifecycle_stage = 'churned'
                    or {{ product_signals.band(
                        'inactive_days', 'accounts.days_since_last_active'
                    ) }} = 'lost' then 1
            end
        ) as eventful_days
    from {{ ref('int_product_signals__account_metrics') }} as accounts
    inner join scope
        on accounts.as_of_date > scope.as_of_date - {{ recent_days }}
    where
        accounts.lifecycle_stage <> 'churned'
        or accounts.days_since_cancelled = 0

    union all

    select
        'user' as entity,
        coalesce(sum(
            least(user_periods.valid_to, scope.as_of_date + 1)
            - greatest(
                user_periods.valid_from,
                user_periods.begins_on,
                scope.history_start,
                scope.as_of_date - {{ recent_days - 1 }}
            )
        ), 0) as days,
        0 as eventful_days
    from {{ ref('int_product_signals__user_periods') }} as user_periods
    inner join scope
        on
            user_periods.valid_to > scope.as_of_date - {{ recent_days - 1 }}
            and user_periods.valid_from <= scope.as_of_date
    where user_periods.is_live

    union all

    select
        'product' as entity,
        least(
            {{ recent_days }}, scope.as_of_date - scope.history_start + 1
        ) as days,
        0 as eventful_days
    from scope

),

held_days as (

    select
        intervals.signal,
        sum(
            intervals.last_day
            - greatest(
                intervals.first_day, scope.as_of_date - {{ recent_days - 1 }}
            ) + 1
        ) as days
    from {{ ref('int_product_signals__signal_intervals') }} as intervals
    inner join scope
        on intervals.last_day > scope.as_of_date - {{ recent_days }}
    where intervals.holds
    group by intervals.signal

),

{# -- Inputs it needs -- #}

inputs as (

    {% for input in rules | map(attribute='needs_input') | unique
        if input is not none %}
    {{ product_signals.input_is_there(input) }}
    union all
    {% endfor %}
    select
        cast(null as text) as input,
        true as is_there
    where 1 = 0

),

{# What is never unknown, such as is_free, is false without its input. #}
needs as (

    select distinct
        rules.signal,
        rules.condition_group,
        inputs.input
    from {{ ref('int_product_signals__signal_rules') }} as rules
    left join inputs
        on
            rules.needs_input = inputs.input
            and not inputs.is_there
            and not (
                rules.value_type = 'boolean'
                and rules.null_means is null
                and rules.operator || ' ' || coalesce(lower(rules.value), '')
                in ('= false', 'in false', '!= true', 'not_in true')
            )

),

{# One group is enough. #}
blind as (

    select
        signal,
        {{ dbt.listagg(
            measure='input',
            delimiter_text="'|'",
            order_by_clause='order by input'
        ) }} as missing_inputs
    from (
        select distinct
            signal,
            input
        from needs
        where input is not null
    ) as missing
    where signal not in (
        select signal
        from needs
        group by signal, condition_group
        having count(input) = 0
    )
    group by signal

)

select
    signals.signal,
    teams.team,
    signals.signal_name,
    signals.entity,
    signals.kind,
    signals.severity,
    {{ product_signals.severity_order('signals.severity') }}
        as severity_order,
    signals.is_enabled,
    blind.signal is null as is_evaluable,
    blind.missing_inputs,
    cast(coalesce(episodes.open_signals, 0) as integer) as open_signals,
    cast(coalesce(episodes.opened_signals, 0) as integer) as opened_signals,
    cast(coalesce(episodes.closed_signals, 0) as integer) as closed_signals,
    cast(coalesce(episodes.suppressed_signals, 0) as integer)
        as suppressed_signals,
    cast(coalesce(episodes.held_back_signals, 0) as integer)
        as held_back_signals,
    cast(coalesce(held_days.days, 0) as bigint) as held_days_90d,
    cast(
        possible_days.days
        - case
            when signals.kind = 'state' then possible_days.eventful_days
            else 0
        end as bigint
    ) as possible_days_90d
from signals
inner join teams
    on signals.signal = teams.signal
inner join possible_days
    on signals.entity = possible_days.entity
left join episodes
    on signals.signal = episodes.signal
left join held_days
    on signals.signal = held_days.signal
left join blind
    on signals.signal = blind.signal
