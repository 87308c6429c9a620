{#
    Running totals of changes for every account on every scored day that is
    built again.

    changes   relation with account_id, changed_on, the key and the columns
    columns   amounts that change: the total of a day is the sum of all
              changes up to it
    key       a further column to keep totals apart by
    keys      a relation that lists its values
    reach     days before those that are given, too
    decimals  columns that are amounts with decimals; the others are counts,
              which double precision adds up exactly and several times faster
#}
{% macro running_account_days(
    changes, columns, key=none, keys=none, reach=0, decimals=[]
) %}
    {%- set by = ['account_id'] + ([key] if key else []) %}
    select
        {%- for column in by %}
        spine.{{ column }},
        {%- endfor %}
        spine.date_day,
        {%- for column in columns %}
        sum(coalesce(daily_changes.{{ column }}, 0)) over (
            partition by spine.{{ by | join(', spine.') }}
            order by spine.date_day
            rows unbounded preceding
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            account_days.account_id,
            {%- if key %}
            keys.{{ key }},
            {%- endif %}
            account_days.date_day
        from {{ ref('int_product_signals__account_days') }} as account_days
        {%- if key %}
        cross join {{ keys }} as keys
        {%- endif %}
        where {{ product_signals.in_rebuild(
            'account_days.date_day', reach
        ) }}
    ) as spine
    left join (
        {# What changed before an account's first day here makes up that day. #}
        select
            {%- for column in by %}
            changes.{{ column }},
            {%- endfor %}
            greatest(changes.changed_on, first_days.first_day) as changed_on,
            {%- for column in columns %}
            {%- if column in decimals %}
            sum(changes.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
            {%- else %}
            cast(sum(changes.{{ column }}) as double precision)
                as {{ column }}{{ ',' if not loop.last }}
            {%- endif %}
            {%- endfor %}
        from {{ changes }} as changes
        inner join (
            select
                account_days.account_id,
                min(account_days.date_day) as first_day
            from {{ ref('int_product_signals__account_days') }} as account_days
            where {{ product_signals.in_rebuild(
                'account_days.date_day', reach
            ) }}
            group by account_days.account_id
        ) as first_days
            on changes.account_id = first_days.account_id
        group by
            changes.{{ by | join(', changes.') }},
            greatest(changes.changed_on, first_days.first_day)
    ) as daily_changes
        on
            spine.date_day = daily_changes.changed_on
            {%- for column in by %}
            and spine.{{ column }} = daily_changes.{{ column }}
            {%- endfor %}
{%- endmacro %}
