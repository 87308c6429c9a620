{# The model that the user wrote for an input; none where the variable
   <input>_model is empty. With --empty, it has no rows. #}
{% macro input_relation(input) %}
    {% if var(input ~ '_model') %}
        {% do return(builtins.ref(var(input ~ '_model'))) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}

{#
    Selects whether anything is known of what a metric needs: an input of its
    own, or a column of the accounts, users or events input that is not always
    empty.
#}
{% macro input_is_there(input) %}
    {%- set column = var('size_column') | lower if input == 'size_column'
        else input %}
    select
        '{{ input }}' as input,
    {%- if input in product_signals.input_spec() %}
        {{ 'true' if var(input ~ '_model') else 'false' }} as is_there
    {%- elif input in ['event_value', 'actor_type'] %}
        {{ 'true' if product_signals.has_column('events', input) else 'false'
        }} as is_there
    {%- elif input == 'size_column'
            or input in product_signals.account_columns() %}
        count({{ product_signals.quoted(column) }}) > 0 as is_there
    from {{ ref('stg_product_signals__accounts') }}
    {%- else %}
        count({{ input }}) > 0 as is_there
    from {{ ref('stg_product_signals__users') }}
    {%- endif %}
{%- endmacro %}

{#
    The columns of an input as {name in lower case: column}: its name in
    quotes, as the warehouse has it, its kind of type, and whether that holds
    whole numbers only. Or none where that cannot be known, as in
    column_types().
#}
{% macro input_columns(relation) %}
    {% if not relation %}
        {% do return({}) %}
    {% endif %}
    {% if not execute or relation.is_cte %}
        {% do return(none) %}
    {% endif %}
    {% set columns = {} %}
    {% for column in product_signals.columns_in_run(relation) %}
        {% do columns.update({column.name | lower: {
            'name': adapter.quote(column.name),
            'kind': product_signals.kind_of(column.data_type),
            'is_whole': modules.re.search(
                'int|, ?0[)]$', column.data_type | lower
            ) is not none,
        }}) %}
    {% endfor %}
    {% do return(columns or none) %}
{% endmacro %}

{# A column of an input: its name in quotes and its kind; columns as in
   input_columns(). #}
{% macro input_column(column_name, columns) %}
    {% do return((columns or {}).get(
        column_name, {'name': adapter.quote(column_name), 'kind': 'other'}
    )) %}
{% endmacro %}

{# Whether an input has an optional column. What it lacks need not be carried
   along: a sum of nulls costs as much as one of numbers. #}
{% macro has_column(input, column_name) %}
    {% set relation = product_signals.input_relation(input) %}
    {% if not relation %}
        {% do return(false) %}
    {% endif %}
    {% set types = product_signals.column_types(relation, in_run=true) %}
    {% do return(types is none or column_name in types) %}
{% endmacro %}

{#
    The names of inputs that a row lacks, a|b; null where it has all of them.

    inputs   name to list -> the column that is null without it
#}
{% macro missing_inputs(inputs) %}
    {%- set parts = [] %}
    {%- for name, column in inputs.items() %}
        {%- do parts.append(
            'case when ' ~ column ~ " is null then '|" ~ name
            ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 2), '')
{%- endmacro %}

{#
    Selects the columns that the model is described with: the metrics of accounts
    by day, and what is known of them today, their names and the times of their
    lives. Not by a star: the table of metrics keeps columns that it once had.

    other_columns   those that the model adds itself
#}
{% macro named_accounts(other_columns=[]) %}
    {%- set looked_up = [
        'account_name', 'domain', 'crm_id',
        'created_at', 'trial_started_at', 'converted_at', 'cancelled_at',
    ] %}
    {#- Where dbt parses, there are no columns to ask for the seed. #}
    {%- do product_signals.bands() %}
    {%- set band_orders = {
        'tenure_band_order': 'tenure_days',
        'size_band_order': 'size_value',
        'activation_band_order': 'activation_rate',
        'score_band_order': 'score',
        'adoption_band_order': 'adoption_rate',
        'habit_band_order': 'habit',
    } %}
select
    {%- for column in model['columns'] if column not in other_columns %}
    {%- if column == 'null_reasons' %}
    case
        when metrics.health_score is not null then metrics.null_reasons
        else coalesce(metrics.null_reasons || '; ', '') || 'health_score: '
            || case
                when metrics.lifecycle_stage = 'churned'
                    then 'the account has left'
                else 'no component has a value'
            end
    end as null_reasons
    {%- elif column in band_orders %}
    {{ product_signals.band_order(band_orders[column], 'metrics.'
        ~ column | replace('_order', '')) }} as {{ column }}
    {%- elif column not in looked_up %}
    metrics.{{ column }}
    {%- elif column.endswith('_at') %}
    coalesce(
        accounts.{{ column }},
        cast(entities.{{ 'begins_on' if column == 'created_at'
            else column | replace('_at', '_on') }} as timestamp)
    ) as {{ column }}
    {%- else %}
    accounts.{{ column }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- else %}
    *
    {%- endfor %}
from {{ ref('int_product_signals__account_figures') }} as metrics
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on metrics.account_id = accounts.account_id
{#- Who is gone from the accounts input. #}
left join {{ ref('int_product_signals__entities') }} as entities
    on
        entities.entity = 'account'
        and metrics.account_id = entities.entity_id
        and accounts.account_id is null
{%- endmacro %}
