{#
    How the number of features in use within a profile's period changes: one
    more when a feature was not used within the period before, one less a
    period after it was used last.

    key       the column of who uses them
    columns   all columns of the union of changes that this is part of

    Reads the relations feature_days (with days_beside()) and profiles.
#}
{% macro features_in_use(key, columns) %}
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
    cross join profiles
    where
        feature_days.{{ near }} is null
        or abs(feature_days.{{ near }} - feature_days.event_date)
        >= profiles.period_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
