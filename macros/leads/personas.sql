{#
    Selects each trial's persona, by bands of three indicators.

    If several personas match, one whose tiebreak holds comes before one without
    a tiebreak. If none is left, the nearest is named, by steps from band to
    band, with what differs. Without the communications input, two indicators
    must do: the trial counts as silent, and possible_personas lists all that it
    may be.

    trials     a relation with account_id, the bands, fit and sentiment
    personas   the rows of the seed
#}
{% macro placed_personas(trials, personas) %}
    {%- set columns = {
        'activation': 'activation_band',
        'engagement': 'score_band',
        'communication': 'communication_band',
    } %}
    with bands as (

        {{ product_signals.seed('bands') }}

    ),

    {# Trials that are alike share a cell. #}
    subjects as (

        select
            account_id,
            {{ columns.values() | join(', ') }},
            lower(fit) as fit,
            sentiment,
            dense_rank() over (
                order by {{ columns.values() | join(', ') }}, lower(fit),
                sentiment
            ) as cell
        from {{ trials }}

    ),

    cells as (

        select distinct
            cell, {{ columns.values() | join(', ') }}, fit, sentiment
        from subjects

    ),

    cell_bands as (

        {% for indicator, metric in (
            product_signals.persona_indicators().items()
        ) %}
        select
            cells.cell,
            '{{ indicator }}' as indicator,
            bands.band_order
        from cells
        left join bands
            on
                bands.metric = '{{ metric }}'
                {%- if indicator == 'communication' %}
                and bands.band = coalesce(
                    cells.communication_band,
                    {{ product_signals.band('communication', '0') }}
                )
                {%- else %}
                and cells.{{ columns[indicator] }} = bands.band
                {%- endif %}
        {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    persona_bands as (

        {% for indicator, metric in (
            product_signals.persona_indicators().items()
        ) %}
        select
            personas.persona,
            '{{ indicator }}' as indicator,
            bands.band_order
        from {{ personas }} as personas
        inner join bands
            on
                bands.metric = '{{ metric }}'
                and {{ product_signals.in_list(
                    'bands.band', 'personas.' ~ indicator ~ '_band'
                ) }}
        {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    {# An unknown band is a step from any other. #}
    steps as (

        select
            cell_bands.cell,
            persona_bands.persona,
            cell_bands.indicator,
            min(coalesce(
                abs(cell_bands.band_order - persona_bands.band_order), 1
            )) as steps
        from cell_bands
        inner join persona_bands
            on cell_bands.indicator = persona_bands.indicator
        group by cell_bands.cell, persona_bands.persona, cell_bands.indicator

    ),

    distances as (

        select
            cell,
            persona,
            sum(steps) as steps
            {%- for indicator in columns %},
            sum(case when indicator = '{{ indicator }}' then steps end)
                as {{ indicator }}_steps
            {%- endfor %}
        from steps
        group by cell, persona

    ),

    compared as (

        select
            distances.*,
            cells.communication_band is not null as is_certain,
            personas.likelihood,
            {%- for indicator, column in columns.items() %}
            cells.{{ column }} as cell_{{ indicator }},
            replace(personas.{{ indicator }}_band, '|', ' or ')
                as persona_{{ indicator }},
            {%- endfor %}
            personas.tiebreak_attribute is null as has_no_tiebreak,
            coalesce(case
                when personas.tiebreak_attribute = 'sentiment'
                    then {{ product_signals.in_list(
                        'cells.sentiment', 'personas.tiebreak_values'
                    ) }}
                when cells.fit is null
                    then {{ product_signals.in_list(
                        'cells.sentiment', 'personas.tiebreak_sentiments'
                    ) }}
                else {{ product_signals.in_list(
                    'cells.fit', 'personas.tiebreak_values'
                ) }}
            end, false) as is_told,
            distances.activation_steps + distances.engagement_steps = 0
            and (
                distances.communication_steps = 0
                or cells.communication_band is null
            ) as is_possible
        from distances
        inner join cells
            on distances.cell = cells.cell
        inner join {{ personas }} as personas
            on distances.persona = personas.persona

    ),

    ranked as (

        select
            *,
            sum(case when is_possible then 1 else 0 end) over (
                partition by cell
            ) as possible,
            row_number() over (
                partition by cell
                order by
                    case when has_no_tiebreak or is_told then 0 else 1 end,
                    case when is_possible then 0 else 1 end,
                    steps,
                    case when is_told then 0 else 1 end,
                    likelihood,
                    persona
            ) as place
        from compared

    ),

    chosen as (

        select
            *,
            case
                when not is_possible then 'none'
                when not is_certain then 'two_indicators'
                when is_told or possible = 1 then 'certain'
                else 'tie'
            end as certainty
        from ranked
        where place = 1

    ),

    possible as (

        select
            compared.cell,
            {{ dbt.listagg(
                measure='compared.persona',
                delimiter_text="'|'",
                order_by_clause='order by compared.persona'
            ) }} as possible_personas
        from compared
        inner join chosen
            on compared.cell = chosen.cell
        where
            compared.is_possible
            and chosen.possible > 1
            and chosen.certainty in ('tie', 'two_indicators')
        group by compared.cell

    )

    select
        subjects.account_id,
        case when chosen.is_possible then chosen.persona end as persona,
        chosen.certainty,
        possible.possible_personas,
        case when not chosen.is_possible then chosen.persona end
            as nearest_persona,
        case when not chosen.is_possible then substr(
            {%- for indicator in columns %}
            case
                when chosen.{{ indicator }}_steps > 0
                    then '; {{ indicator }} '
                        || coalesce(chosen.cell_{{ indicator }}, 'unknown')
                        || ', not ' || chosen.persona_{{ indicator }}
                else ''
            end{{ ' ||' if not loop.last }}
            {%- endfor %}, 3
        ) end as differs_by
    from subjects
    left join chosen
        on subjects.cell = chosen.cell
    left join possible
        on subjects.cell = possible.cell
{%- endmacro %}

{# The indicators of personas, and the metrics whose bands they use. #}
{% macro persona_indicators() %}
    {% do return({
        'activation': 'activation_rate',
        'engagement': 'score',
        'communication': 'communication',
    }) %}
{% endmacro %}

{#
    Selects how accounts communicate in a period: communication, in percent, and
    the sentiment of the last message that has one.

    A message to the account is answered if the account writes within days of it
    (band answered of reply_days). The account's messages that answer none are
    unasked. Communication is the share of answered and unasked messages in all
    messages to the account and unasked ones. Accounts without messages are left
    out.

    subjects   a relation with account_id, talks_from and as_of_date
    messages   messages()
#}
{% macro communication_of(subjects, messages) %}
    with talk as (

        select
            messages.account_id,
            messages.direction,
            messages.sentiment,
            case
                when messages.replied_on <= subjects.as_of_date
                    then messages.replied_on - messages.occurred_on
            end as days_to_reply,
            case
                when messages.asked_on >= subjects.talks_from
                    then messages.occurred_on - messages.asked_on
            end as days_since_asked,
            row_number() over (
                partition by messages.account_id
                order by
                    case when messages.sentiment is null then 1 else 0 end,
                    messages.occurred_at desc,
                    messages.direction,
                    messages.sentiment
            ) as sentiment_place
        from {{ messages }} as messages
        inner join {{ subjects }} as subjects
            on
                messages.account_id = subjects.account_id
                and messages.occurred_on >= subjects.talks_from
                and messages.occurred_on <= subjects.as_of_date

    ),

    counted as (

        select
            account_id,
            count(case when direction = 'outbound' then 1 end) as outreach,
            count(
                case
                    when direction = 'outbound' and {{ product_signals.band(
                        'reply_days', 'days_to_reply'
                    ) }} = 'answered' then 1
                end
            ) as answered,
            count(
                case
                    when direction = 'inbound' and coalesce({{
                        product_signals.band('reply_days', 'days_since_asked')
                    }}, '') <> 'answered' then 1
                end
            ) as unasked,
            max(case when sentiment_place = 1 then sentiment end) as sentiment
        from talk
        group by account_id

    )

    select
        account_id,
        {{ product_signals.percent(
            '(answered + unasked)', '(outreach + unasked)'
        ) }} as communication,
        sentiment
    from counted
{%- endmacro %}
