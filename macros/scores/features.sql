{#
    Periods in which subjects use features, as common table expressions:
    entitled_use (key features, while they are entitled to them),
    entitled_first_uses (from the first use on, likewise), setting_periods and,
    if asked for, entitled_settings.

    subject    the column of who uses features
    settings   whether entitled_periods has settings, too

    Reads the relations feature_days (with is_key, is_setting and what
    days_beside() gives), entitled_periods and first_uses (subject, feature,
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

    select
        used.{{ subject }},
        greatest(used.valid_from, entitled.valid_from) as valid_from,
        least(used.valid_to, entitled.valid_to) as valid_to
    from {{ used }} as used
    inner join entitled_periods as entitled
        on
            used.{{ subject }} = entitled.{{ subject }}
            and used.feature = entitled.feature
            and used.valid_from < entitled.valid_to
            and used.valid_to > entitled.valid_from

)
{{- ',\n\n' if not loop.last }}
{%- endfor -%}
{%- endmacro %}

{#
    How the number of features in use within a profile's period changes: one
    more when a feature was not used within the period before, one less a
    period after it was used last.

    key       the column of who uses them
    columns   all columns of the union of changes that this is part of
    profiles  the relation with them

    Reads the relation feature_days (with days_beside()), too.
#}
{% macro features_in_use(key, columns, profiles='profiles') %}
    {%- for sign, near, shift in [
        ('', 'previous_date', ''),
        ('-', 'next_date', ' + profiles.period_days'),
    ] %}
    select
        profiles.profile,
        feature_days.{{ key }},
        feature_days.event_date{{ shift }} as changed_on,
        {{- product_signals.amounts(columns, {'features_used': sign ~ '1'}) }}
    from feature_days
    cross join {{ profiles }} as profiles
    where
        feature_days.{{ near }} is null
        or abs(feature_days.{{ near }} - feature_days.event_date)
        >= profiles.period_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
