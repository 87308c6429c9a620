{#
    The bounds of this run, and of every run since the last complete one,
    which the table itself has kept. Each run has a row of its own, so that
    one that knew of nobody is told from none.

    run   latest_run()

    Reads the relation bounds.
#}
{% macro bounds_of_runs(run) %}
    {%- do product_signals.refuse_unlogged() %}
    select distinct
        '{{ run["run_id"] }}' as run_id,
        bounds.*
    from bounds

    union all

    select
        '{{ run["run_id"] }}' as run_id,
        'run' as entity,
        '' as entity_id,
        'run' as kind,
        null as account_id,
        '' as content,
        {{ product_signals.first_day() }} as bound
    {%- if run['is_partial'] and load_relation(this) %}

    union all

    select kept.*
    from {{ this }} as kept
    inner join {{ ref('int_product_signals__runs') }} as runs
        on kept.run_id = runs.run_id
    where
        runs.run_id <> '{{ run["run_id"] }}'
        and (
            runs.run_id = '{{ run["previous_run_id"] }}'
            or runs.run_number > (
                select previous.run_number
                from {{ ref('int_product_signals__runs') }} as previous
                where previous.run_id = '{{ run["previous_run_id"] }}'
            )
        )
    {%- endif %}
{%- endmacro %}
