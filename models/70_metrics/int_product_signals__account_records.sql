{#
    What is on file about an account besides its use, for each day from its
    first record on. A day shows what was on file then: a ticket that was
    closed later is open.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set first_day = product_signals.rebuild_from() or 'scope.history_start' %}
{% set last_day = product_signals.last_day() %}
{% set recent_days = 90 %}
{% set survey_days = product_signals.band_begins('survey_days', 'outdated') %}
{% set reply_days = product_signals.band_begins('reply_days', 'unanswered') %}
{% set of_product = 'partition by account_id, product' %}
{% set by_day = 'partition by account_id order by changed_on' %}
{% set inputs = ['tickets', 'surveys', 'assessments'] %}
{% set periods = {
    'open_tickets': 'open_periods',
    'urgent_tickets': 'urgent_periods',
    'communications': 'communication_periods',
    'outbound': 'outbound_periods',
    'answered': 'answered_periods',
} %}
{% set columns = periods.keys() | list
    + ['answers', 'survey_score', 'rating', 'mrr_change', 'down_sells'] %}
{% set latest = {
    'communicated_on': 'communications',
    'assessed_on': 'rating',
    'down_sold_on': 'down_sells',
} %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{% for input in inputs %}
{{ input }} as (

    {{ product_signals.input_rows(input) }}

),

{% endfor %}
{# -- Tickets: if one is there many times, its first day of each kind -- #}

ticket_days as (

    select
        account_id,
        min(opened_on) as opened_on,
        min(
            case
                when {{ product_signals.is_urgent('priority') }} then opened_on
            end
        ) as urgent_on,
        coalesce(min(closed_on), {{ last_day }}) as closed_on
    from tickets
    group by account_id, ticket_id

),

{% for name, first_day in {
    'open_periods': 'opened_on', 'urgent_periods': 'urgent_on',
}.items() %}
{{ name }} as (

    select
        account_id,
        {{ first_day }} as valid_from,
        closed_on as valid_to
    from ticket_days
    where {{ first_day }} < closed_on

),

{% endfor %}
{# -- Communications -- #}

messages as (

    {{ product_signals.messages() }}

),

{% for name, first_day, condition in [
    ('communication_periods', 'occurred_on', '1 = 1'),
    ('outbound_periods', 'occurred_on', "direction = 'outbound'"),
    ('answered_periods', 'replied_on',
        "direction = 'outbound' and replied_on < occurred_on + "
        ~ [reply_days, recent_days] | min),
] %}
{{ name }} as (

    select
        account_id,
        {{ first_day }} as valid_from,
        occurred_on + {{ recent_days }} as valid_to
    from messages
    where {{ condition }}

),

{% endfor %}
{# -- Readings, each until the next; of equal times the worst counts -- #}

scored_surveys as (

    select
        account_id,
        answered_at,
        answered_on,
        {{ product_signals.survey_score('surveys') }} as score
    from surveys

),

survey_periods as (

    select
        account_id,
        cast(score as numeric(18, 6)) as score,
        answered_on as valid_from,
        least(
            lead(answered_on, 1, {{ last_day }}) over (
                partition by account_id order by answered_at, score desc
            ),
            answered_on + {{ survey_days }}
        ) as valid_to
    from scored_surveys
    where score is not null

),

rating_periods as (

    select
        account_id,
        cast(rating as numeric(18, 6)) as rating,
        assessed_on as valid_from,
        lead(assessed_on, 1, {{ last_day }}) over (
            partition by account_id order by assessed_at, rating desc
        ) as valid_to
    from assessments
    where rating between 1 and 5

),

{# -- Revenue, by day: a move from one product to another is not a loss -- #}

subscription_changes as (

    select
        *,
        lag(mrr_to, 1, 0) over ({{ of_product }} order by place) as mrr_left,
        row_number() over ({{ of_product }}, changed_on order by place)
            as place_of_day
    from ({{ product_signals.subscription_rows() }}) as given_changes

),

{# What a row begins with but no row left was paid before its day, too. #}
mrr_days as (

    select
        account_id,
        changed_on,
        sum(mrr_to - mrr_from) as mrr_change,
        sum(sum(mrr_to - mrr_left)) over ({{ by_day }}) as mrr_then,
        sum(sum(mrr_to - mrr_left)) over ({{ by_day }}) + sum(
            case when place_of_day = 1 then mrr_from else mrr_left end - mrr_to
        ) as mrr_before
    from subscription_changes
    group by account_id, changed_on

),

{# The first day that is paid for isn't growth, however many rows it has, and
   whether or not a free subscription came before. #}
mrr_periods as (

    select
        account_id,
        mrr_change,
        case when mrr_change < 0 then 1 else 0 end as down_sells,
        changed_on as valid_from,
        changed_on + {{ recent_days }} as valid_to
    from (
        select
            *,
            max(greatest(mrr_before, mrr_then)) over (
                {{ by_day }} rows between unbounded preceding and 1 preceding
            ) as most_before
        from mrr_days
    ) as compared
    where most_before > 0 or mrr_before > 0

),

changes as (

    {{ product_signals.period_changes('account_id', columns, periods) }}

    {% for relation, amounts in {
        'survey_periods': {'answers': '1', 'survey_score': 'score'},
        'rating_periods': {'rating': 'rating'},
        'mrr_periods': {
            'mrr_change': 'mrr_change', 'down_sells': 'down_sells',
        },
    }.items() %}
    {% for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    {% set signed = {} %}
    {% for column, amount in amounts.items() %}
    {% do signed.update({column: sign ~ amount}) %}
    {% endfor %}
    union all

    select
        account_id,
        {{ day }} as changed_on,
        {{- product_signals.amounts(columns, signed) }}
    from {{ relation }}

    {% endfor %}
    {% endfor %}
),

daily_changes as (

    select
        account_id,
        changed_on,
        {%- for day, column in latest.items() %}
        max(case when {{ column }} > 0 then changed_on end) as {{ day }},
        {%- endfor %}
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    group by account_id, changed_on

),

records as (

    {% set so_far = 'over (' ~ by_day ~ ' rows unbounded preceding)' %}
    select
        account_id,
        changed_on,
        {%- for day in latest %}
        max({{ day }}) {{ so_far }} as {{ day }},
        {%- endfor %}
        {%- for column in columns %}
        sum({{ column }}) {{ so_far }} as {{ column }},
        {%- endfor %}
        lead(changed_on, 1, {{ last_day }}) over ({{ by_day }})
            as next_changed_on
    from daily_changes

),

{# Records from before the first day built apply from that day on. #}
dated as (

    select
        records.*,
        greatest(records.changed_on, {{ first_day }}) as begins_on,
        least(records.next_changed_on, scope.as_of_date + 1) as ends_on
    from records
    cross join scope

),

days as (

    select
        dated.*,
        dated.begins_on + numbers.number as date_day
    from dated
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < dated.ends_on - dated.begins_on

)

select
    account_id,
    date_day,
    open_tickets,
    urgent_tickets,
    case when answers > 0 then {{ product_signals.rounded('survey_score') }} end
        as survey_score,
    date_day - communicated_on as days_since_last_communication,
    communications as communications_90d,
    {{ product_signals.percent('answered', 'outbound') }} as reply_rate,
    case when rating > 0 then {{ product_signals.rounded('rating') }} end
        as assessment_rating,
    date_day - assessed_on as assessment_age_days,
    mrr_change as mrr_change_90d,
    date_day - down_sold_on as days_since_down_sell
from days
