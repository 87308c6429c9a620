{#
    Selects for each scored day how hard it is to get value from the product:
    complexity, simple or complex, and complexity_source.

    The variable product_complexity can fix it. Otherwise it is measured: of the
    last ten sign-ups, without recent ones (band signup_days), how many had used
    a key feature by that day without an earlier message to or from them. With
    fewer than ten, it is assumed to be simple, which asks more of a trial.
#}
{% macro complexity_by_day() %}
    {%- set signups = 10 %}
    {%- set fixed = var('product_complexity') %}
    with days as (

        {{ product_signals.scored_days() }}

    ),

    {%- if fixed %}
    judged as (

        select
            date_day,
            '{{ fixed }}' as complexity,
            'fixed' as complexity_source
        from days

    )
    {%- else %}

    features as (

        {{ product_signals.seed('features') }}

    ),

    {# Also of accounts without a checklist. #}
    first_values as (

        select
            accounts.account_id,
            min(activity.first_occurred_at) as occurred_at,
            min(activity.event_date) as event_date
        from {{ ref('stg_product_signals__accounts') }} as accounts
        inner join {{ ref('int_product_signals__daily_activity') }} as activity
            on
                accounts.account_id = activity.account_id
                and activity.event_date >= accounts.created_on
        inner join features
            on
                activity.feature = features.feature
                and features.is_key
        group by accounts.account_id

    ),

    first_messages as (

        select
            account_id,
            min(occurred_at) as occurred_at
        from ({{ product_signals.input_rows('communications') }}) as given
        group by account_id

    ),

    signups as (

        select
            accounts.account_id,
            accounts.created_on
            + {{ product_signals.band_begins('signup_days', 'settled', 0) }}
                as settled_on,
            case
                when
                    first_messages.occurred_at is null
                    or first_messages.occurred_at >= first_values.occurred_at
                    then first_values.event_date
            end as unaided_on,
            row_number() over (
                order by accounts.created_at, accounts.account_id
            ) as signup_number
        from {{ ref('stg_product_signals__accounts') }} as accounts
        cross join {{ ref('int_product_signals__scope') }} as scope
        left join first_values
            on accounts.account_id = first_values.account_id
        left join first_messages
            on accounts.account_id = first_messages.account_id
        where
            {# What was done before is unknown. #}
            accounts.created_on >= scope.history_start
            and exists (select 1 from features where is_key)

    ),

    settled as (

        select
            days.date_day,
            max(max(signups.signup_number)) over (
                order by days.date_day rows unbounded preceding
            ) as last_signup
        from days
        left join signups
            on days.date_day = signups.settled_on
        group by days.date_day

    ),

    counted as (

        select
            settled.date_day,
            count(signups.account_id) as signups,
            count(
                case when signups.unaided_on <= settled.date_day then 1 end
            ) as unaided_signups
        from settled
        inner join {{ ref('int_product_signals__numbers') }} as numbers
            on numbers.number < {{ signups }}
        left join signups
            on settled.last_signup - numbers.number = signups.signup_number
        group by settled.date_day

    ),

    judged as (

        select
            date_day,
            case
                when signups = {{ signups }} then {{ product_signals.band(
                    'unaided_signups', 'unaided_signups'
                ) }}
            end as complexity
        from counted

    )
    {%- endif %}

    select
        date_day,
        {%- if fixed %}
        complexity,
        complexity_source
        {%- else %}
        coalesce(complexity, 'simple') as complexity,
        case
            when complexity is null then 'assumed' else 'measured'
        end as complexity_source
        {%- endif %}
    from judged
{%- endmacro %}

{# Why a trial qualified: activation 82 % ≥ 80 % (simple product, small); score
   40 ≥ 25. trial: a relation with its figures and thresholds. #}
{% macro qualifying_clause(trial) -%}
    {%- set written = product_signals.plain_text -%}
    'activation ' || {{ written(trial ~ '.activation_rate', 'number') }}
    || ' % ≥ ' || {{ written(trial ~ '.qualify_at', 'number') }}
    || ' % (' || {{ trial }}.complexity || ' product, '
    || coalesce({{ trial }}.size_band, 'size unknown') || ')'
    {%- for name, figure, least in [
        ('score', 'score', 'min_score'),
        ('active users', 'active_users', 'min_active_users'),
    ] %}
    || coalesce(
        '; {{ name }} ' || {{ written(trial ~ '.' ~ figure, 'number') }}
        || ' ≥ ' || {{ written(trial ~ '.' ~ least, 'number') }}, ''
    )
    {%- endfor %}
{%- endmacro %}
