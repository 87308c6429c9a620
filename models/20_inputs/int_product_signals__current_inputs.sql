{#
    Everything but events that results depend on: variables, columns of the
    inputs, cells of the seeds, and what users, accounts and further inputs say
    about a day. A comparison with the run before shows from which day on this
    run must rebuild.

    day   the first day that the row affects; null: the first event of the user
          or account

    Users and accounts that have left their input keep their rows.
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
{% set first_day = product_signals.first_day() %}
{% set known = product_signals.left_behind('known_inputs') %}
{% set history_columns = (
    product_signals.account_columns().keys() | list
    + product_signals.extra_attributes('account', quoted=true)
) %}
{% set dates = {
    'user': ['created', 'deactivated', 'licensed'],
    'account': ['created', 'trial_started', 'converted', 'cancelled'],
} %}

with {% for seed in product_signals.config_spec() -%}
{{ seed }} as (

    {{ product_signals.seed(seed) }}

),

{% endfor -%}

settings as (

    select
        'version' as kind,
        'product_signals' as name,
        '0.4.10' as content
    {%- for name in product_signals.variables_that_count() %}
    union all
    select
        'variable' as kind,
        '{{ name }}' as name,
        {{ product_signals.text_literal(var(name) | string) }} as content
    {%- endfor %}
    {# A model that is enabled again missed the runs in between. #}
    {%- for name in product_signals.switched_off() %}
    union all
    select
        'setting' as kind,
        '+enabled: false of {{ name }}' as name,
        'set' as content
    {%- endfor %}
    {%- for input in product_signals.input_spec() %}
    {%- set relation = product_signals.input_relation(input) %}
    union all
    select
        'input' as kind,
        '{{ input }}' as name,
        '{{ var(input ~ "_model") }}' as content
    {%- if relation %}
    {%- for column, type in (
        product_signals.column_types(relation, in_run=true) or {}
    ).items() %}
    union all
    select
        'column' as kind,
        {{ product_signals.text_literal(input ~ '.' ~ column) }} as name,
        {{ product_signals.text_literal(type) }} as content
    {%- endfor %}
    {%- endif %}
    {%- endfor %}
    {%- for seed, spec in product_signals.config_spec().items() %}
    {%- for column in spec['columns'] if column not in spec['key'] %}
    union all
    select
        'seed' as kind,
        '{{ seed }}, ' || {{ product_signals.row_name(spec['key']) }}
        || ': {{ column }}' as name,
        coalesce(cast({{ column }} as text), '') as content
    from {{ seed }}
    {%- endfor %}
    {%- endfor %}

),

dated as (

    {%- for entity, columns in dates.items() %}
    select
        '{{ entity }}' as kind,
        {{ entity }}_id as name,
        'known' as content,
        cast(null as date) as day
    from {{ ref('stg_product_signals__' ~ entity ~ 's') }}
    {%- for column in columns %}
    union all
    select
        '{{ entity }}' as kind,
        {{ entity }}_id as name,
        '{{ column }}_on='
        || coalesce(cast({{ column }}_on as text), '') as content,
        {%- if column in ['trial_started', 'converted'] %}
        {# Without a trial date, an account was on trial until it converted. #}
        case
            when trial_started_on is not null then {{ column }}_on
            else coalesce(created_on, {{ first_day }})
        end as day
        {%- else %}
        {{ column }}_on as day
        {%- endif %}
    from {{ ref('stg_product_signals__' ~ entity ~ 's') }}
    {%- if column != 'created' %}
    where {{ column }}_on is not null
    {%- endif %}
    {%- endfor %}
    union all
    {%- endfor %}
    {%- for bound in ['valid_from', 'valid_to'] %}
    select
        'membership' as kind,
        user_id as name,
        {{ product_signals.joined([
            "'" ~ bound ~ "'", 'account_id', 'role', bound,
        ]) }} as content,
        {{ bound }} as day
    from {{ ref('stg_product_signals__memberships') }}
    union all
    select
        'account history' as kind,
        account_id as name,
        '{{ bound }}|' || {{ dbt.hash(product_signals.joined(
            history_columns + [bound]
        )) }} as content,
        {{ bound }} as day
    from {{ ref('stg_product_signals__account_history') }}
    union all
    {%- endfor %}
    {{ product_signals.further_contents() }}

)

select
    kind,
    name,
    content,
    {{ first_day }} as day
from settings

union all

select
    kind,
    name,
    content,
    day
from dated
{%- if known %}
{%- for entity in dates %}

union all

select
    known.kind,
    known.name,
    known.content,
    known.day
from {{ known }} as known
left join {{ ref('stg_product_signals__' ~ entity ~ 's') }} as listed
    on known.name = listed.{{ entity }}_id
where known.kind = '{{ entity }}' and listed.{{ entity }}_id is null
{%- endfor %}
{%- endif %}
