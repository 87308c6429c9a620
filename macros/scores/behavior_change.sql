{#
    The part of a score's change that the entity itself made: its score now
    less its score before, both at today's benchmark.

    Reads normalization, benchmark, published_score, published_previous_score
    and published_previous_at_benchmark. A percentile has no benchmark to hold
    still. Where nobody has points today there is no benchmark either, and all
    of the drop is behaviour.
#}
{% macro behavior_change() -%}
    case
        when normalization = 'percentile' then null
        when benchmark is null then -published_previous_score
        else published_score - published_previous_at_benchmark
    end
{%- endmacro %}
