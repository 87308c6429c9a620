{# Every feature: those of the features seed, and those that only events name.
   Reads the relations features and event_catalog. #}
{% macro listed_features() %}
    select
        feature,
        feature_name,
        is_key,
        is_differentiated
    from features

    union all

    select distinct
        event_catalog.feature,
        event_catalog.feature as feature_name,
        false as is_key,
        false as is_differentiated
    from event_catalog
    left join features
        on event_catalog.feature = features.feature
    where event_catalog.feature is not null and features.feature is null
{%- endmacro %}

{# Whether a first use is one: nobody knows what accounts older than the data
   used before. Reads the relation scope. #}
{% macro is_first_use(begins_on, day) %}
    {% do return(
        '(' ~ begins_on ~ ' >= scope.history_start or ' ~ day
        ~ ' >= scope.history_start + ' ~ var('adoption_window_days') ~ ')'
    ) %}
{% endmacro %}

{#
    Periods in which subjects use features, as common table expressions:
    entitled_use (key features, while they are entitled to them),
    entitled_first_uses (the same, from the first use on), setting_periods and,
    on request, entitled_settings.

    subject    the column of who uses features
    settings   whether entitled_periods has settings, too

    Reads the relations feature_days (with is_key, is_setting and the columns of
    days_beside()), entitled_periods and first_uses (subject, feature,
    valid_from, valid_to).
#}
{% macro adoption_periods(subject, settings=false) -%}
{%- set window = var('adoption_window_days') -%}
{%- for name, condition in {
    'key_days': 'is_key',
    'setting_days': 'is_setting',
}.items() -%}
{{ name }} as (

    select * from feature_days
    where {{ condition }}

),

{% endfor -%}
{%- for name, days in {
    'used_periods': 'key_days',
    'setting_periods': 'setting_days',
}.items() -%}
{{ name }} as (

    {{ product_signals.presence(days, subject ~ ', feature', window) }}

),

{% endfor -%}
{%- for name, used in (
    [('entitled_settings', 'setting_periods')] if settings else []
) + [
    ('entitled_use', 'used_periods'),
    ('entitled_first_uses', 'first_uses'),
] -%}
{{ name }} as (

    {{ product_signals.periods_within(
        used, 'entitled_periods', [subject, 'feature']
    ) }}

)
{{- ',\n\n' if not loop.last }}
{%- endfor -%}
{%- endmacro %}

{#
    Changes in the number of features that an account uses in a profile's
    period: one more if a feature wasn't used in the period before, one less a
    period after its last use.

    columns   all columns of the union of changes that this is part of

    Reads the relations open_profiles and feature_days (with days_beside()).
#}
{% macro features_in_use(columns) %}
    {%- for sign, near, shift in [
        ('', 'previous_date', ''),
        ('-', 'next_date', ' + open_profiles.period_days'),
    ] %}
    select
        open_profiles.profile,
        feature_days.account_id,
        feature_days.event_date{{ shift }} as changed_on,
        {{- product_signals.amounts(columns, {'features_used': sign ~ '1'}) }}
    from feature_days
    cross join open_profiles
    where
        feature_days.{{ near }} is null
        or abs(feature_days.{{ near }} - feature_days.event_date)
        >= open_profiles.period_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
