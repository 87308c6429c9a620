{# By what a trial qualified, in words: activation 82 % ≥ 80 % (simple product,
   small); score 40 ≥ 25. trial: a relation with its figures and thresholds. #}
{% macro qualifying_clause(trial) -%}
    {%- set written = product_signals.plain_text -%}
    'activation ' || {{ written(trial ~ '.activation_rate', 'number') }}
    || ' % ≥ ' || {{ written(trial ~ '.qualify_at', 'number') }}
    || ' % (' || {{ trial }}.complexity || ' product, '
    || coalesce({{ trial }}.size_band, 'size unknown') || ')'
    {%- for name, figure, least in [
        ('score', 'score', 'min_score'),
        ('active users', 'active_users', 'min_active_users'),
    ] %}
    || coalesce(
        '; {{ name }} ' || {{ written(trial ~ '.' ~ figure, 'number') }}
        || ' ≥ ' || {{ written(trial ~ '.' ~ least, 'number') }}, ''
    )
    {%- endfor %}
{%- endmacro %}
