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
