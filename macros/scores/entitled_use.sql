{#
    When subjects used key features that they were entitled to: where periods
    of use and of entitlement (subject, feature, valid_from, valid_to) meet.
#}
{% macro entitled_use(used_periods, entitled_periods, subject) %}
    select
        used.{{ subject }},
        greatest(used.valid_from, entitled.valid_from) as valid_from,
        least(used.valid_to, entitled.valid_to) as valid_to
    from {{ used_periods }} as used
    inner join {{ entitled_periods }} as entitled
        on
            used.{{ subject }} = entitled.{{ subject }}
            and used.feature = entitled.feature
            and used.valid_from < entitled.valid_to
            and used.valid_to > entitled.valid_from
{% endmacro %}
