{#
    The first day from which something about a user or an account is no longer
    what it was in some run since the last complete one.

    relation   bounds_of_runs()
    run        latest_run()
#}
{% macro changed_bounds(relation, run) %}
    select
        entity,
        entity_id,
        kind,
        min(bound) as first_day
    from (
        select
            entity,
            entity_id,
            kind,
            account_id,
            content,
            bound
        from {{ relation }}
        group by entity, entity_id, kind, account_id, content, bound
        having count(*) < (select count(distinct run_id) from {{ relation }})
    ) as changed
    {%- if not run['is_partial'] %}
    where 1 = 0
    {%- endif %}
    group by entity, entity_id, kind
{%- endmacro %}
