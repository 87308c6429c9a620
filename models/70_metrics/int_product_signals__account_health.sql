{#
    The health of every live account on each day: the weighted mean of its
    components. A component without a value leaves its weight to the others.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set components = product_signals.health_components() %}
{% set names = components | map(attribute='component') | unique
    | sort(case_sensitive=true) | list %}
{% set grades = product_signals.bands()
    | selectattr(0, 'equalto', 'health_score') | list %}
{% set change_days = 30 %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

account_metrics as (

    select
        metrics.*,
        {{ product_signals.health_mix('metrics') }} as mix
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    where
        {{ product_signals.in_rebuild('metrics.as_of_date', change_days) }}
        and metrics.lifecycle_stage <> 'churned'

),

valued as (

    select
        account_metrics.*
        {%- for name in names %}
        {%- set number = loop.index %}
        {%- set same = components | selectattr('component', 'equalto', name)
            | list %},
        case mix
            {%- for component in same %}
            when {{ component['mix'] }}
                then {{ product_signals.health_value(
                    component['metric'],
                    component['floor'],
                    component['ceiling'],
                ) }}
            {%- endfor %}
        end as value_{{ number }},
        case mix
            {%- for component in same %}
            when {{ component['mix'] }}
                then cast({{ component['weight'] }} as double precision)
            {%- endfor %}
        end as weight_{{ number }}
        {%- endfor %}
    from account_metrics

),

summed as (

    select
        valued.*,
        {% for name in names -%}
        coalesce(weight_{{ loop.index }} * value_{{ loop.index }}, 0) +
        {% endfor -%}
        0 as points,
        {% for name in names -%}
        case
            when value_{{ loop.index }} is not null then weight_{{ loop.index }}
            else 0
        end +
        {% endfor -%}
        0 as applied_weight,
        {% for name in names -%}
        coalesce(weight_{{ loop.index }}, 0) +
        {% endfor -%}
        0 as all_weight,
        nullif(substr(
            {%- for name in names %}
            case
                when
                    weight_{{ loop.index }} is not null
                    and value_{{ loop.index }} is null
                    then {{ product_signals.text_literal('|' ~ name) }}
                else ''
            end ||
            {%- endfor %}
            '', 2
        ), '') as health_missing,
        {# The positions of the components that raise and lower it most. #}
        {%- for direction, points in {
            'up': 'value_', 'down': '100 - value_',
        }.items() %}
        {%- set pulls = [] %}
        {%- for name in names %}
        {%- do pulls.append(
            'coalesce(weight_' ~ loop.index ~ ' * (' ~ points ~ loop.index
            ~ '), -1)'
        ) %}
        {%- endfor %}
        {%- if names %}
        case greatest({{ pulls | join(', ') }})
            {%- for pull in pulls %}
            when {{ pull }} then {{ loop.index0 }}
            {%- endfor %}
        end as {{ direction }}
        {%- else %}
        cast(null as integer) as {{ direction }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from valued

),

scored as (

    select
        *,
        {{ product_signals.rounded('points / nullif(applied_weight, 0)') }}
            as health_score
    from summed

),

banded as (

    select
        *,
        {{ product_signals.band('health_score', 'health_score', as_order=true)
        }} as band_order
    from scored

),

{# A half-year score stays high long after work stops, so an account that is
   silent, or whose users have all left, can't have the best grade. #}
graded as (

    select
        *,
        band_order - case when is_held_down then 1 else 0 end
            as health_grade_order
    from (
        select
            *,
            coalesce(
                band_order = {{ grades | length }}
                and band_order > 1
                and (
                    is_deserted
                    or days_since_last_active >= {{ product_signals.band_begins(
                        'silent_days', 'silent'
                    ) }}
                ),
                false
            ) as is_held_down
        from (
            select
                *,
                known_users = 0 and users_left_30d > 0 as is_deserted
            from banded
        ) as populated
    ) as banded

),

explained as (

    select
        *,
        health_grade_order = {{ grades | length }} as is_well,
        case
            when health_score is null then null
            when health_grade_order = {{ grades | length }} then up
            else down
        end as place
    from graded

)

select
    explained.account_id,
    explained.as_of_date as date_day,
    {#- Shown in product_signals__health_components. #}
    explained.mix,
    explained.health_score,
    cast(explained.health_score - before.health_score as numeric(12, 2))
        as health_change,
    {{ product_signals.percent(
        'explained.applied_weight', 'explained.all_weight'
    ) }} as health_coverage,
    explained.health_missing,
    {% if grades -%}
    case explained.health_grade_order
        {%- for grade in grades %}
        when {{ loop.index }}
            then {{ product_signals.text_literal(grade[1][1:]) }}
        {%- endfor %}
    end as health_grade,
    {%- else -%}
    cast(null as text) as health_grade,
    {%- endif %}
    explained.health_grade_order,
    {{ product_signals.health_reason('explained', names) }} as health_reason
from explained
{# By another mix, profile or checklist, it is no past of this one. #}
left join scored as before
    on
        explained.account_id = before.account_id
        and explained.as_of_date = before.as_of_date + {{ change_days }}
        and explained.mix = before.mix
        and explained.profile is not distinct from before.profile
        and explained.checklist is not distinct from before.checklist
left join score_profiles
    on explained.profile = score_profiles.profile
where {{ product_signals.in_rebuild('explained.as_of_date') }}
