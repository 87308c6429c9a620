{# Selects the changes of subscriptions by as_of_date, each with its kind. #}
{% macro subscription_rows() %}
    select
        changes.account_id,
        coalesce(changes.product, '') as product,
        changes.changed_at,
        changes.changed_on,
        changes.renewal_due_on,
        {{ product_signals.subscription_kind('changes.change_type') }} as kind,
        cast(changes.mrr_before as numeric(28, 6)) as mrr_before,
        cast(changes.mrr_after as numeric(28, 6)) as given_mrr_after
    from (
        {{- product_signals.input_rows('subscription_changes') -}}
    ) as changes
    inner join {{ ref('int_product_signals__scope') }} as scope
        on changes.changed_on <= scope.as_of_date
{%- endmacro %}

{#
    What a change of a subscription is, by its change_type: case, blanks, "-"
    and "_" in it don't matter. Anything else is "other".
#}
{% macro subscription_kind(change_type) -%}
    case lower(replace(replace(replace(
        {{- change_type }}, ' ', ''), '-', ''), '_', ''))
        {%- for kind, spellings in {
            'new': ['new', 'newbusiness', 'start', 'started'],
            'reactivation': ['reactivation', 'reactivated', 'winback'],
            'renewal': ['renewal', 'renewed', 'renew'],
            'upsell': ['upsell', 'upgrade', 'upgraded', 'expansion'],
            'cross_sell': ['crosssell', 'addon'],
            'downsell': ['downsell', 'downgrade', 'downgraded', 'contraction'],
            'cancellation': [
                'cancellation', 'cancelled', 'canceled', 'cancel', 'churn',
                'churned',
            ],
        }.items() %}
        {%- for spelling in spellings %}
        when '{{ spelling }}' then '{{ kind }}'
        {%- endfor %}
        {%- endfor %}
        else 'other'
    end
{%- endmacro %}
