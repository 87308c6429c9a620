{#
    Makes the model incremental: each run replaces the rows of what changed
    since the last complete one. The rows it deletes are those that its query
    gives again, no more and no less.

    by    what decides: loaded_user_days and restated_user_days (user_id and
          day are one of theirs), loaded_rows (day is the text of loaded_at),
          users and accounts (day is their first one
          that changed, or later), scored_days and days (day is one on which
          everybody's rows change), since_days and since_accounts (day is
          the first one of all those, or later), or signals (the query gives
          the signal again, or it is none any more). Nothing: rows are only
          added
    day   the model's day column, or that of its signals
#}
{% macro restated_by(by, day) %}
    {% do product_signals.refuse_unlogged() %}
    {# All that a run may have to look up, so that dbt knows of it. #}
    {% do ref('int_product_signals__runs') %}
    {% for name in by if name != 'loaded_rows' %}
        {% do ref('int_product_signals__' ~ {
            'loaded_user_days': 'loaded_user_days',
            'restated_user_days': 'restated_user_days',
            'users': 'restated_users',
            'accounts': 'restated_accounts',
            'scored_days': 'restated_days',
            'days': 'restated_days',
            'since_days': 'restated_days',
            'since_accounts': 'restated_days',
            'signals': 'episodes',
        }[name]) %}
        {% if name == 'since_accounts' or name == 'since_days' %}
            {% do ref('int_product_signals__restated_accounts') %}
        {% endif %}
    {% endfor %}
    {% set needs = {
        'materialized': ['incremental'],
        'incremental_strategy': ['product_signals_restate'],
        'on_schema_change': ['append_new_columns'],
    } %}
    {{ config(
        materialized='incremental',
        incremental_strategy='product_signals_restate',
        on_schema_change='append_new_columns',
        cluster_by=[day] if by and by[0] not in ['loaded_rows', 'signals']
            else none,
        meta={'restated_by': by, 'day': day, 'needs': needs},
    ) }}
{% endmacro %}
