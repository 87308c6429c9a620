{#
    The components of the health score, in order, as dicts. They are few, so
    they become SQL before the query runs, as bands do. A mix is for accounts of
    one lifecycle stage and tier; the most specific come first, and any stands
    for the rest. Components without a weight are switched off.

    Returns mix, lifecycle_stage, tier, component, metric, floor, ceiling,
    weight, time_window and sentence, which is none if it names a subject.
#}
{% macro health_components() %}
    {% set components = product_signals.seed('health_components') %}
    {% set metrics = product_signals.seed('metrics') %}
    {% set known = product_signals.known_in_run() %}
    {% if 'health_components' in known
            or not product_signals.is_loaded('health_components') %}
        {% do return(known.get('health_components', [])) %}
    {% endif %}
    {# The sign keeps dbt from reading "01" as the number 1. #}
    {% set rows = run_query(
        "select coalesce(components.lifecycle_stage, 'any') as lifecycle_stage,"
        ~ " '=' || coalesce(components.tier, 'any') as tier,"
        ~ " '=' || components.component as component, components.metric,"
        ~ ' cast(components.floor as text) as floor,'
        ~ ' cast(components.ceiling as text) as ceiling,'
        ~ ' cast(components.weight as text) as weight,'
        ~ ' metrics.time_window,'
        ~ ' case when metrics.subject_type is null then metrics.sentence end'
        ~ ' as sentence'
        ~ ' from (' ~ components ~ ') as components'
        ~ ' inner join (' ~ metrics ~ ') as metrics'
        ~ ' on components.metric = metrics.metric'
        ~ " and metrics.entity = 'account'"
        ~ ' where components.weight > 0 order by'
        ~ ' case when components.lifecycle_stage is null then 1 else 0 end,'
        ~ ' components.lifecycle_stage,'
        ~ ' case when components.tier is null then 1 else 0 end,'
        ~ ' components.tier, components.component'
    ) %}
    {% set found, mixes = [], [] %}
    {% for row in rows %}
        {% set mix = row[0] ~ row[1] %}
        {% do mixes.append(mix) if mix not in mixes %}
        {% do found.append({
            'mix': mixes | length,
            'lifecycle_stage': row[0],
            'tier': row[1][1:],
            'component': row[2][1:],
            'metric': row[3],
            'floor': row[4],
            'ceiling': row[5],
            'weight': row[6],
            'time_window': row[7],
            'sentence': row[8],
        }) %}
    {% endfor %}
    {% do known.update({'health_components': found}) %}
    {% do return(found) %}
{% endmacro %}

{# The metrics that the health score makes, and so can't use. #}
{% macro health_metrics() %}
    {% do return([
        'health_score',
        'health_change',
        'health_coverage',
        'health_missing',
        'health_grade',
        'health_grade_order',
        'health_reason',
    ]) %}
{% endmacro %}

{#
    A component's value, 0 to 100: where a metric is between floor and ceiling,
    either of which may be lower. Null without the metric, because least() and
    greatest() would ignore it.
#}
{% macro health_value(metric, floor, ceiling) %}
    {% do return(
        'case when ' ~ metric ~ ' is not null then ' ~ product_signals.rounded(
            'least(greatest(100.0 * (cast(' ~ metric
            ~ ' as double precision) - ' ~ floor ~ ') / (' ~ ceiling ~ ' - '
            ~ floor ~ '), 0), 100)'
        ) ~ ' end'
    ) %}
{% endmacro %}

{# The number of an account's mix. #}
{% macro health_mix(account) %}
    {%- set mixes = product_signals.health_components() | groupby('mix') -%}
    {%- if not mixes -%}
    cast(null as integer)
    {%- else -%}
    case
        {%- for mix in mixes %}
        {%- set first = mix.list[0] %}
        when
            {%- if first['lifecycle_stage'] != 'any' %}
            {{ account }}.lifecycle_stage = '{{ first["lifecycle_stage"] }}'
            {%- else %}
            1 = 1
            {%- endif %}
            {%- if first['tier'] != 'any' %}
            and {{ account }}.tier
            = {{ product_signals.text_literal(first['tier']) }}
            {%- endif %}
            then {{ mix.grouper }}
        {%- endfor %}
    end
    {%- endif -%}
{% endmacro %}

{#
    The sentence about the component that keeps an account's health up or pulls
    it down most, with its metric. For new accounts that aren't well, it adds
    when they signed up; for accounts whose users have all left, and those that
    only silence keeps from being well, it says so.

    account   a relation with the metrics, mix, is_well, is_held_down,
              is_deserted, and the component's place; score_profiles has its
              profile
    names     the components, by place
#}
{% macro health_reason(account, names) %}
    {%- set types = product_signals.metric_types('account') -%}
    {%- set components = product_signals.health_components() -%}
    {%- if not components -%}
    cast(null as text)
    {%- else -%}
    substr(case
        {%- for component in components %}
        when
            {{ account }}.mix = {{ component['mix'] }}
            and {{ account }}.place = {{ names.index(component['component']) }}
            then {{ product_signals.text_literal(
                component['component'][0] | upper
                ~ component['component'][1:] | replace('_', ' ')
            ) }}
            || case when {{ account }}.is_well then ' keeps it up most: '
                else ' pulls it down most: ' end
            || {{ product_signals.sentence(
                component['sentence'], component['metric'], types, account,
                {
                    'window_days': product_signals.window_days(
                        "'" ~ component['time_window'] ~ "'", 'score_profiles'
                    ),
                }
            ) }}
        {%- endfor %}
    end
    {#- New accounts have had no time for more: not a bad sign. #}
    || case
        when {{ account }}.is_deserted then '; all known users have left'
        when
            not {{ account }}.is_well
            and {{ account }}.lifecycle_stage <> 'trial'
            and {{ product_signals.band(
                'tenure_days', account ~ '.tenure_days', as_order=true
            ) }} = 1
            then {{ product_signals.sentence(
                '; signed up {tenure_days|ago}',
                'tenure_days', types, account, {}
            ) }}
        when {{ account }}.is_held_down
            then '; nobody active for {{ product_signals.band_begins(
                'silent_days', 'silent'
            ) }} days or more'
        else ''
    end, 1, 255)
    {%- endif -%}
{% endmacro %}
