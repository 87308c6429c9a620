{# True where a value lies in the band of a joined row of bands: lower bound
   included, upper bound not, an empty bound open. #}
{% macro in_band(metric, value, bands='bands') %}
    {% do return(
        bands ~ ".metric = '" ~ metric ~ "'"
        ~ ' and ' ~ value ~ ' >= coalesce(' ~ bands ~ '.lower_bound, '
        ~ value ~ ')'
        ~ ' and (' ~ bands ~ '.upper_bound is null or ' ~ value ~ ' < '
        ~ bands ~ '.upper_bound)'
    ) %}
{% endmacro %}
