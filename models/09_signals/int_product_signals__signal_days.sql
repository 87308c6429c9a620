{#
    The days on which each signal of accounts holds, or still holds by its
    clear values: every rule of the seeds over the metrics.
#}
{{ product_signals.restated_by(['days', 'accounts'], 'as_of_date') }}
{% set partial = product_signals.is_partial('account') %}

{% set vectors = ref('product_signals__accounts_daily') %}

{% set restated -%}
(
    select vectors.*
    from {{ vectors }} as vectors
    {{ product_signals.join_restated(
        partial, 'account', 'vectors.account_id'
    ) }}
    where {{ product_signals.is_restated(
        partial, 'vectors.as_of_date', days='days'
    ) }}
) as restated_vectors
{%- endset %}

{{ product_signals.days_held(restated if partial else vectors, 'account') }}
